import Credential
import Encoding
import Glibc
import Signing
import Verification

/// A gate's folder with keys made for the test, and codes to show at it.
struct VerifyGate {
    static let now: UInt64 = 1_790_000_015
    static let start: UInt64 = 1_790_000_000
    static let transitIdentifier = [UInt8](1...12)
    static let revokedIndex: UInt64 = 7

    let folder: String
    let issuer: SigningKey
    let device: SigningKey
    let statusKey: SigningKey
    let root: SigningKey
    let expired: SigningKey
    let compromised: SigningKey
    let narrow: SigningKey
    private let epochKey: EpochKey

    init(version: UInt64 = 5) throws {
        let name = Hex.encode(try SystemRandom().bytes(8))
        folder = "/tmp/verify-gate-\(name)"
        unsafe mkdir(folder, 0o700)
        issuer = try .generate(.ed25519)
        device = try .generate(.ed25519)
        statusKey = try .generate(.ed25519)
        root = try .generate(.ed25519)
        expired = try .generate(.ed25519)
        compromised = try .generate(.ed25519)
        narrow = try .generate(.ed25519)
        epochKey = try EpochKey(masterKey: [UInt8](repeating: 9, count: 32), day: Self.start / 86_400, suite: .ed25519)
        try export(version: version)
    }

    func remove() {
        unsafe system("rm -rf \(folder)")
    }

    /// Writes the bundle's folder; what the gate remembers stays.
    func export(version: UInt64) throws {
        let day = Self.start / 86_400
        let lists = [
            StatusListReference(issuer: "SH", form: .person, day: day),
            StatusListReference(issuer: "SH", form: .person, day: nil),
            StatusListReference(issuer: "SH", form: .enterprise, day: nil),
        ]
        var list = StatusList(count: 64)
        list[Int(Self.revokedIndex)] = true
        let tokens = try lists.map { reference in
            let token = StatusListToken(
                subject: reference.name, issuedAt: Self.start, expiresAt: nil, timeToLiveSeconds: nil, list: list)
            return (reference, token: try token.signed(by: statusKey))
        }
        let codes: Set<KeyUse> = [.person, .enterprise, .object]
        let bundle = GateBundle(
            version: version, issuedAt: Self.start, expiresAt: Self.start + 86_400,
            issuers: [
                record(issuer, codes), record(statusKey, [.statuslist]), record(narrow, [.enterprise]),
                record(expired, codes, expiresAt: Self.start), record(compromised, codes, status: .compromised),
            ], statusLists: lists, hosts: ["qr.example.cn"])
        let keys = EpochKeyFile(entries: [.init(issuer: "SH", domain: .transit, day: day, key: epochKey)])
        let files = try BundleExport(bundle, root: root, statusLists: tokens, epochKeys: keys).files
        unsafe mkdir("\(folder)/status", 0o700)
        for file in files {
            let path = "\(folder)/\(file.path)"
            unsafe unlink(path)
            let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL, mode_t(file.mode))
            _ = unsafe file.bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
            close(descriptor)
        }
    }

    /// A signed person code, not yet shown.
    func person(
        by key: SigningKey? = nil, kind: PersonKind = .signed, index: UInt64 = 1, isLinked: Bool = true,
        notBefore: UInt64? = nil, lifetime: UInt64 = 3600, actor: Delegation? = nil
    ) throws -> String {
        let cti = try SystemRandom().bytes(8)
        let sealed = try Seals(suite: .ed25519, cti: cti).sealed(
            isLinked ? [.transit: (Self.transitIdentifier, epochKey)] : [:], random: SystemRandom())
        let binding: Binding = kind == .signed ? .deviceKey(device.verificationKey.raw) : .none
        let claims = PersonClaims(
            cti: cti, kind: kind, statusIndex: index, binding: binding, seals: sealed, actor: actor)
        return try CredentialIssuer(issuer: "SH", key: key ?? issuer).issue(
            .person(claims), issuedAt: Self.start, expiresAt: Self.start + lifetime, notBefore: notBefore
        ).text()
    }

    /// The code as the phone shows it.
    func shown(_ text: String, time: UInt64 = now, challenge: [UInt8]? = nil) throws -> String {
        try PresentationMaker(text: text).signed(by: device, time: time, challenge: challenge).text()
    }

    func enterprise() throws -> [UInt8] {
        let claims = EnterpriseClaims(uscc: try USCC("91310000MA1FL0000X".fixedUSCC), name: "Example", statusIndex: 3)
        return try CredentialIssuer(issuer: "SH", key: issuer).issue(
            .enterprise(claims), issuedAt: Self.start, expiresAt: Self.start + 86_400 * 300
        ).bytes
    }

    private func record(
        _ key: SigningKey, _ uses: Set<KeyUse>, expiresAt: UInt64 = start * 2, status: KeyStatus = .active
    ) -> IssuerRecord {
        IssuerRecord(
            issuer: "SH", key: key.verificationKey, uses: uses, notBefore: 0, expiresAt: expiresAt, status: status)
    }
}

extension String {
    /// The text with its last character replaced by the check character that GB 32100 asks for.
    fileprivate var fixedUSCC: String {
        let stem = dropLast()
        for character in "0123456789ABCDEFGHJKLMNPQRTUWXY" {
            let candidate = stem + String(character)
            if (try? USCC(String(candidate))) != nil { return String(candidate) }
        }
        return self
    }
}
