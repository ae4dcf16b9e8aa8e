import Credential
import Signing
import Verification

/// An issuer and its holders, all at one moment.
struct Station {
    private static let issuerName = "SH"
    private static let daySeconds: UInt64 = 86_400
    private static let medicalIdentifier = [UInt8](1...12)

    private let at: UInt64
    private let root: SigningKey
    private let issuer: SigningKey
    private let statusKey: SigningKey
    private let epochKeys: [UInt64: EpochKey]

    init(at: UInt64) throws {
        self.at = at
        root = try .generate(.ed25519)
        issuer = try .generate(.ed25519)
        statusKey = try .generate(.ed25519)
        let today = at / Self.daySeconds
        let master = try SystemRandom().bytes(32)
        epochKeys = try Dictionary(
            uniqueKeysWithValues: [today - 1, today].map {
                ($0, try EpochKey(masterKey: master, day: $0, suite: .ed25519))
            })
    }

    /// The gate's folder, with a status list of `codeCount` codes for each of two days, one in a hundred revoked.
    func bundle(listing codeCount: Int) throws -> BundleExport {
        let lists = epochKeys.keys.map {
            StatusListReference(issuer: Self.issuerName, form: .person, day: $0)
        }
        var list = StatusList(count: codeCount)
        var random = SystemRandomNumberGenerator()
        for _ in 0..<(codeCount / 100) { list[Int.random(in: Self.firstRevoked..<codeCount, using: &random)] = true }
        let tokens = try lists.map { reference in
            let token = StatusListToken(
                subject: reference.name, issuedAt: at, expiresAt: nil, timeToLiveSeconds: nil, list: list)
            return (reference, token: try token.signed(by: statusKey))
        }
        let records = [(issuer, KeyUse.person), (statusKey, .statuslist)].map { key, use in
            IssuerRecord(
                issuer: Self.issuerName, key: key.verificationKey, uses: [use], notBefore: 0, expiresAt: 2 * at,
                status: .active)
        }
        let bundle = GateBundle(
            version: 1, issuedAt: at, expiresAt: at + Self.daySeconds, issuers: records, statusLists: lists, hosts: [])
        let keys = epochKeys.map { EpochKeyFile.Entry(issuer: Self.issuerName, domain: .medical, day: $0, key: $1) }
        return try BundleExport(bundle, root: root, statusLists: tokens, epochKeys: EpochKeyFile(entries: keys))
    }

    /// The codes' own places stay clear, whatever is drawn.
    private static let firstRevoked = 1_000_000

    func signedCode(_ index: Int) throws -> String {
        let device = try SigningKey.generate(.ed25519)
        let code = try issued(index, kind: .signed, .deviceKey(device.verificationKey.raw), at: at - 60)
        return try PresentationMaker(text: code).signed(by: device, time: at).text()
    }

    /// A code that is in its `slot`-th half minute.
    func chainCode(_ index: Int, slot: Int) throws -> String {
        let slotCount = Int(Self.daySeconds / HashChain.slotSeconds)
        let seed = try ChainSeed(slotCount: slotCount, digest: .sha256, random: SystemRandom())
        let begin = at - UInt64(slot) * HashChain.slotSeconds - 5
        return try PresentationMaker(text: issued(index, kind: .chain, .anchor(seed.anchor), at: begin))
            .linked(by: seed, time: at).text()
    }

    private func issued(_ index: Int, kind: PersonKind, _ binding: Binding, at issuedAt: UInt64) throws -> String {
        let cti = try SystemRandom().bytes(8)
        // No input reaches this: the bench makes its codes itself.
        guard let key = epochKeys[issuedAt / Self.daySeconds] else { preconditionFailure("a code of two days ago") }
        let seals = try Seals(suite: .ed25519, cti: cti)
            .sealed([.medical: (Self.medicalIdentifier, key)], random: SystemRandom())
        let claims = PersonClaims(
            cti: cti, kind: kind, statusIndex: UInt64(index), binding: binding, seals: seals, actor: nil)
        return try CredentialIssuer(issuer: Self.issuerName, key: issuer)
            .issue(.person(claims), issuedAt: issuedAt, expiresAt: issuedAt + Self.daySeconds).text()
    }
}
