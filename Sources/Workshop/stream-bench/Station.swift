import Credential
import Gate
import Signing

/// An issuer and its holders, at one fixed time.
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

    /// A status list of `codeCount` codes with one in a hundred revoked, but no code that the station issues.
    static func list(of codeCount: Int) -> StatusList { list(of: codeCount, revokedCount: codeCount / 100) }

    static func list(of codeCount: Int, revokedCount: Int) -> StatusList {
        var list = StatusList(count: codeCount)
        var random = SystemRandomNumberGenerator()
        for _ in 0..<revokedCount { list[Int.random(in: firstRevoked..<codeCount, using: &random)] = true }
        return list
    }

    /// The gate's folder, with a status list of `codeCount` codes for each of two days, one in a hundred revoked.
    func bundle(listing codeCount: Int) throws -> BundleExport {
        try bundle(version: 1, issuedAt: at, Self.list(of: codeCount))
    }

    /// One generation of the gate's folder, with the same status list for each of two days.
    func bundle(
        version: UInt64, issuedAt: UInt64, _ list: StatusList, domains: [SealDomain] = [.medical]
    ) throws -> BundleExport {
        let tokens = try lists.map { reference in
            let token = StatusListToken(
                subject: reference.name, issuedAt: issuedAt, expiresAt: nil, timeToLiveSeconds: nil, list: list)
            return (reference, token: try token.signed(by: statusKey))
        }
        let records = [(issuer, KeyUse.person), (statusKey, .statuslist)].map { key, use in
            IssuerRecord(
                issuer: Self.issuerName, key: key.verificationKey, uses: [use], notBefore: 0, expiresAt: 2 * at,
                status: .active)
        }
        let bundle = GateBundle(
            version: version, issuedAt: issuedAt, expiresAt: at + Self.daySeconds, issuers: records, statusLists: lists,
            statusListTimes: Dictionary(uniqueKeysWithValues: lists.map { ($0, issuedAt) }), hosts: [],
            settlementKey: try ReceivingKey.generate(for: .ed25519).publicKey)
        let keys = domains.flatMap { domain in
            epochKeys.map { EpochKeyFile.Entry(issuer: Self.issuerName, domain: domain, day: $0, key: $1) }
        }
        return try BundleExport(bundle, root: root, statusLists: tokens, epochKeys: EpochKeyFile(entries: keys))
    }

    private var lists: [StatusListReference] {
        epochKeys.keys.sorted().map { StatusListReference(issuer: Self.issuerName, form: .person, day: $0) }
    }

    /// The names of the two days' lists.
    var listNames: [String] { lists.map(\.name) }

    /// A hot list's token by the station's status key.
    func signed(_ list: HotListToken) throws -> [UInt8] { try list.signed(by: statusKey) }

    /// The first index that may be revoked at random; the station's own codes have lower indices.
    static let firstRevoked = 1_000_000

    /// A signed code as its phone shows it, and the holder's pseudonym.
    func signedCode(_ index: Int) throws -> (text: String, pseudonym: [UInt8]) {
        let device = try SigningKey.generate(.ed25519)
        let pseudonym = try SystemRandom().bytes(8)
        let code = try issued(
            index, cti: pseudonym, kind: .signed, .deviceKey(device.verificationKey.raw), at: at - 60)
        return (try PresentationMaker(text: code).signed(by: device, time: at).text(), pseudonym)
    }

    /// A chain code in its 30-second slot number `slot`.
    func chainCode(_ index: Int, slot: Int) throws -> String {
        let slotCount = Int(Self.daySeconds / HashChain.slotSeconds)
        let seed = try ChainSeed(slotCount: slotCount, digest: .sha256, random: SystemRandom())
        let begin = at - UInt64(slot) * HashChain.slotSeconds - 5
        let code = try issued(
            index, cti: SystemRandom().bytes(8), kind: .chain, .anchor(seed.anchor), at: begin)
        return try PresentationMaker(text: code)
            .linked(by: seed, time: at).text()
    }

    private func issued(
        _ index: Int, cti: [UInt8], kind: PersonKind, _ binding: Binding, at issuedAt: UInt64
    ) throws -> String {
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
