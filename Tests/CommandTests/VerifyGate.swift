import Credential
import Encoding
import ForeignCodes
import Gate
import Glibc
import Signing
import TestSupport

/// A gate's folder with keys made for the test, and codes for that gate.
struct VerifyGate {
    static let now: UInt64 = 1_790_000_015
    static let start: UInt64 = 1_790_000_000
    static let cardAccount = [UInt8](1...10)
    static let transitIdentifier = cardAccount + [0, 0]
    static let medicalIdentifier = [UInt8](1...12)
    static let revokedIndex: UInt64 = 7

    let folder: String
    let issuer: SigningKey
    let device: SigningKey
    let statusKey: SigningKey
    let root: SigningKey
    let expired: SigningKey
    let compromised: SigningKey
    let narrow: SigningKey
    let transit: TransitWorkshop
    private let epochKeys: [SealDomain: EpochKey]

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
        transit = try TransitWorkshop()
        let masterKeys: [(SealDomain, UInt8)] = [(.medical, 8), (.transit, 9)]
        epochKeys = try Dictionary(
            uniqueKeysWithValues: masterKeys.map { domain, byte in
                let masterKey = [UInt8](repeating: byte, count: 32)
                return (domain, try EpochKey(masterKey: masterKey, day: Self.start / 86_400, suite: .ed25519))
            })
        try export(version: version)
    }

    /// SHA-256 of the root key's SPKI, as `--root` takes it.
    var rootDigest: String { Hex.encode(DigestAlgorithm.sha256.digest(root.verificationKey.spki)) }

    func remove() {
        unsafe system("rm -rf \(folder)")
    }

    /// Writes the bundle's folder; the gate's state stays.
    ///
    /// The parameters are the same as for `files`.
    func export(
        version: UInt64, domains: [SealDomain] = SealDomain.allCases,
        linked: [(medical: [UInt8], transit: [UInt8])]? = nil, network: TransitNetwork? = nil,
        listTime: UInt64 = start, listTimeMin: UInt64? = nil, listForms: Set<Form> = Set(Form.allCases),
        scenes: [Scene] = Scene.shipped, epochDay: UInt64 = start / 86_400, issuer: IssuerRecord? = nil,
        issuedAt: UInt64 = start
    ) throws {
        unsafe mkdir("\(folder)/status", 0o700)
        let files = try files(
            version: version, domains: domains, linked: linked, network: network, listTime: listTime,
            listTimeMin: listTimeMin, listForms: listForms, scenes: scenes, epochDay: epochDay, issuerRecord: issuer,
            issuedAt: issuedAt)
        for file in files { try write(file.bytes, to: file.path, mode: mode_t(file.mode)) }
    }

    /// The files of a generation of the bundle's folder.
    ///
    /// - Parameters:
    ///   - version: the bundle's.
    ///   - domains: the domains of its epoch keys.
    ///   - linked: its link table.
    ///   - network: its transit network.
    ///   - listTime: the `iat` of every list.
    ///   - listTimeMin: the `iat` that the bundle names for every list, if any.
    ///   - listForms: the forms of code that have a list.
    ///   - revoked: the indices that are revoked in every list.
    ///   - listKey: the key that signs the lists, in place of the status key.
    ///   - rootKey: the key that signs the bundle, in place of the root key.
    ///   - scenes: the bundle's scenes.
    ///   - epochDay: the day of the epoch keys.
    ///   - issuerRecord: the issuer's record, in place of one without limits.
    ///   - issuedAt: the bundle's `iat`.
    /// - Returns: the files, `bundle.cbor` last.
    /// - Throws: when a signature cannot be made.
    func files(
        version: UInt64, domains: [SealDomain] = SealDomain.allCases,
        linked: [(medical: [UInt8], transit: [UInt8])]? = nil, network: TransitNetwork? = nil,
        listTime: UInt64 = start, listTimeMin: UInt64? = nil, listForms: Set<Form> = Set(Form.allCases),
        revoked: [UInt64] = [revokedIndex], listKey: SigningKey? = nil, rootKey: SigningKey? = nil,
        scenes: [Scene] = Scene.shipped, epochDay: UInt64 = start / 86_400, issuerRecord: IssuerRecord? = nil,
        issuedAt: UInt64 = start
    ) throws -> [BundleExport.File] {
        let day = Self.start / 86_400
        let lists = [
            StatusListReference(issuer: "SH", form: .person, day: day),
            StatusListReference(issuer: "SH", form: .person, day: nil),
            StatusListReference(issuer: "SH", form: .enterprise, day: nil),
            StatusListReference(issuer: "SH", form: .object, day: nil),
        ].filter { listForms.contains($0.form) }
        var list = StatusList(count: 64)
        for index in revoked { list[Int(index)] = true }
        let tokens = try lists.map { reference in
            let token = StatusListToken(
                subject: reference.name, issuedAt: listTime, expiresAt: nil, timeToLiveSeconds: nil, list: list)
            return (reference, token: try token.signed(by: listKey ?? statusKey))
        }
        let codes: KeyUses = [.person, .enterprise, .object]
        let bundle = GateBundle(
            version: version, issuedAt: issuedAt, expiresAt: issuedAt + 86_400,
            issuers: [
                issuerRecord ?? record(issuer, codes), record(statusKey, [.statuslist]), record(narrow, [.enterprise]),
                record(expired, codes, expiresAt: Self.start), record(compromised, codes, status: .compromised),
            ], statusLists: lists,
            statusListTimes: Dictionary(
                uniqueKeysWithValues: lists.compactMap { list in listTimeMin.map { (list, $0) } }),
            domains: domains, hosts: ["qr.example.cn"], scenes: scenes,
            links: try linked.map { try BlindedLinkTable(pairs: $0, random: SystemRandom()) },
            transit: network ?? transit.network)
        let keys = EpochKeyFile(
            entries: domains.compactMap { domain in
                epochKeys[domain].map { .init(issuer: "SH", domain: domain, day: epochDay, key: $0) }
            })
        return try BundleExport(bundle, root: rootKey ?? root, statusLists: tokens, epochKeys: keys).files
    }

    /// Writes or replaces a file of the folder.
    func write(_ bytes: [UInt8], to name: String, mode: mode_t = 0o644) throws {
        let path = "\(folder)/\(name)"
        unsafe unlink(path)
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL, mode)
        guard descriptor >= 0 else { throw MissingFile(path: path) }
        _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
        close(descriptor)
    }

    /// Alters the last byte of a file of the folder.
    func corrupt(_ name: String) throws {
        var bytes = try ProjectFiles.bytes("\(folder)/\(name)")
        bytes[bytes.count - 1] ^= 1
        try write(bytes, to: name)
    }

    /// A signed person code, not yet shown.
    func person(
        by key: SigningKey? = nil, kind: PersonKind = .signed, index: UInt64 = 1,
        identifiers: [SealDomain: [UInt8]] = [.transit: transitIdentifier],
        notBefore: UInt64? = nil, lifetime: UInt64 = 3600, actor: Delegation? = nil, seed: ChainSeed? = nil,
        phone: SigningKey? = nil
    ) throws -> String {
        let cti = try SystemRandom().bytes(8)
        var contents: [SealDomain: (identifier: [UInt8], epochKey: EpochKey)] = [:]
        for (domain, identifier) in identifiers {
            contents[domain] = epochKeys[domain].map { (identifier, $0) }
        }
        let sealed = try Seals(suite: .ed25519, cti: cti).sealed(contents, random: SystemRandom())
        let binding: Binding =
            switch kind {
            case .signed: .deviceKey((phone ?? device).verificationKey.raw)
            case .chain: .anchor(seed?.anchor ?? [])
            case .timed, .paper: .none
            }
        let claims = PersonClaims(
            cti: cti, kind: kind, statusIndex: kind == .timed ? nil : index, binding: binding, seals: sealed,
            actor: actor)
        return try CredentialIssuer(issuer: "SH", key: key ?? issuer).issue(
            .person(claims), issuedAt: Self.start, expiresAt: Self.start + lifetime, notBefore: notBefore
        ).text()
    }

    /// The code as the phone shows it.
    func shown(
        _ text: String, time: UInt64 = now, challenge: [UInt8]? = nil, phone: SigningKey? = nil
    ) throws -> String {
        try PresentationMaker(text: text).signed(by: phone ?? device, time: time, challenge: challenge).text()
    }

    /// A showing by a holder who shows nothing else: another phone and another identifier.
    func shownByAnother(time: UInt64 = now) throws -> String {
        let phone = try SigningKey.generate(.ed25519)
        let text = try person(identifiers: [.transit: SystemRandom().bytes(12)], phone: phone)
        return try shown(text, time: time, phone: phone)
    }

    /// A chain code as its phone shows it.
    func chain(
        time: UInt64 = now, identifiers: [SealDomain: [UInt8]] = [.transit: transitIdentifier],
        actor: Delegation? = nil
    ) throws -> String {
        try chain(times: [time], identifiers: identifiers, actor: actor)[0]
    }

    /// Several showings of one chain code.
    func chain(
        times: [UInt64], identifiers: [SealDomain: [UInt8]] = [.transit: transitIdentifier],
        actor: Delegation? = nil
    ) throws -> [String] {
        let seed = try ChainSeed(slotCount: 120, digest: .sha256, random: SystemRandom())
        let text = try person(kind: .chain, identifiers: identifiers, actor: actor, seed: seed)
        return try times.map { try PresentationMaker(text: text).linked(by: seed, time: $0).text() }
    }

    func enterprise() throws -> [UInt8] {
        let claims = EnterpriseClaims(uscc: try USCC("91310000MA1FL0000X".fixedUSCC), name: "Example", statusIndex: 3)
        return try CredentialIssuer(issuer: "SH", key: issuer).issue(
            .enterprise(claims), issuedAt: Self.start, expiresAt: Self.start + 86_400 * 300
        ).bytes
    }

    /// A place's or an object's code, as read from its picture.
    func object(
        _ kind: ObjectKind = .object, index: UInt64 = 3, host: String = "qr.example.cn", id: [UInt8] = [UInt8](1...8),
        issuerName: String = "SH"
    ) throws -> String {
        let claims = ObjectClaims(
            kind: kind, id: id, category: 1, manager: try USCC("91310000MA1FL0000X".fixedUSCC),
            location: Location(
                latitudeMicrodegrees: 31_230_400, longitudeMicrodegrees: 121_473_700, reference: .cgcs2000),
            statusIndex: index)
        return try CredentialIssuer(issuer: issuerName, key: issuer).issue(
            .object(claims), issuedAt: Self.start, expiresAt: nil
        ).text(host: host)
    }

    private func record(
        _ key: SigningKey, _ uses: KeyUses, expiresAt: UInt64 = start * 2, status: KeyStatus = .active
    ) -> IssuerRecord {
        IssuerRecord(
            issuer: "SH", key: key.verificationKey, uses: uses, notBefore: 0, expiresAt: expiresAt, status: status)
    }
}

extension String {
    /// The text with the check character of GB 32100 as its last character.
    fileprivate var fixedUSCC: String {
        let stem = dropLast()
        for character in "0123456789ABCDEFGHJKLMNPQRTUWXY" {
            let candidate = stem + String(character)
            if (try? USCC(String(candidate))) != nil { return String(candidate) }
        }
        return self
    }
}
