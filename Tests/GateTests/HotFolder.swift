import Credential
import Glibc
import Signing
import TestSupport
import Testing

@testable import Gate

/// A gate's folder with two status lists and a hot list, and the codes of its issuer.
struct HotFolder {
    static let now: UInt64 = 1_790_000_000
    static let hour: UInt64 = 3600
    static let objects = StatusListReference(issuer: "SH", form: .object, day: nil)
    static let persons = StatusListReference(issuer: "SH", form: .person, day: 20_717)

    let folder: ScratchFolder
    let (root, issuer, statusKey, otherKey): (SigningKey, SigningKey, SigningKey, SigningKey)

    init() throws {
        folder = try ScratchFolder()
        (root, issuer) = try (.generate(.ed25519), .generate(.ed25519))
        (statusKey, otherKey) = try (.generate(.ed25519), .generate(.ed25519))
        unsafe mkdir(folder("status"), 0o700)
    }

    /// The same folder, root and issuer with other status keys.
    init(sharing other: HotFolder, statusKey: SigningKey, otherKey: SigningKey) throws {
        (folder, root, issuer) = (other.folder, other.root, other.issuer)
        (self.statusKey, self.otherKey) = (statusKey, otherKey)
    }

    /// Replaces a file in one step, as an export does.
    func replace(_ path: String, with bytes: [UInt8], mode: mode_t = 0o644) throws {
        let temporary = try folder.write(bytes, to: "new", mode: mode)
        try #require(unsafe rename(temporary, folder(path)) == 0)
    }

    func remove(_ path: String) { unsafe unlink(folder(path)) }

    /// Writes bundle and full lists, but no hot list.
    func export(
        _ version: UInt64, revoked: [Int] = [], listTime: UInt64 = now, leastTime: UInt64 = now - hour,
        hotLimit: UInt64? = hour, keyStatus: KeyStatus = .active, expiresAt: UInt64 = .max
    ) throws {
        for list in [Self.objects, Self.persons] {
            try writeList(list, revoked: list == Self.objects ? revoked : [], at: listTime)
        }
        let keys: [(SigningKey, KeyUses, KeyStatus)] = [
            (issuer, [.object, .person], .active), (statusKey, [.statuslist], keyStatus),
            (otherKey, [.statuslist], .active),
        ]
        let records = keys.map { key, uses, status in
            IssuerRecord(
                issuer: "SH", key: key.verificationKey, uses: uses, notBefore: 0, expiresAt: expiresAt,
                status: status)
        }
        var scene = try #require(Scene.shipped.first { $0.name == "object-inspection" })
        scene.hotLimitSeconds = hotLimit
        let lists = [Self.objects, Self.persons]
        let bundle = GateBundle(
            version: version, issuedAt: Self.now - Self.hour, expiresAt: Self.now + 90 * 24 * Self.hour,
            issuers: records, statusLists: lists,
            statusListTimes: Dictionary(lists.map { ($0, leastTime) }) { first, _ in first }, hosts: [],
            scenes: [scene])
        let files = try BundleExport(bundle, root: root, statusLists: [], epochKeys: nil).files
        for file in files { try replace(file.path, with: file.bytes) }
    }

    func writeList(_ reference: StatusListReference, revoked: [Int], at time: UInt64) throws {
        var list = StatusList(count: 64)
        for index in revoked { list[index] = true }
        let token = try StatusListToken(
            subject: reference.name, issuedAt: time, expiresAt: nil, timeToLiveSeconds: nil, list: list
        ).signed(by: statusKey)
        try replace(BundleExport.path(of: reference), with: token)
    }

    func hotList(
        _ bits: [UInt32], base: UInt64 = now - hour, at time: UInt64 = now, subject: String = "hot",
        list: String = objects.name, by key: SigningKey? = nil, expiresAt: UInt64 = now + 30 * 24 * hour
    ) throws -> [UInt8] {
        try HotListToken(
            subject: subject, base: base, issuedAt: time, expiresAt: expiresAt, revoked: [list: bits]
        ).signed(by: key ?? statusKey)
    }

    func writeHotList(
        _ bits: [UInt32], base: UInt64 = now - hour, at time: UInt64 = now, by key: SigningKey? = nil
    ) throws {
        try replace(BundleExport.hotListPath, with: hotList(bits, base: base, at: time, by: key))
    }

    private func gate(isTimeGiven: Bool) throws -> (Verifier, GateDirectory) {
        let directory = try GateDirectory(path: folder.path, isTimeGiven: isTimeGiven)
        let scene = try #require(directory.bundle.scene(named: "object-inspection"))
        return (Verifier(directory: directory, scene: scene, replay: nil), directory)
    }

    func running(at time: UInt64 = now, isTimeGiven: Bool = false) throws -> RunningGate {
        let (gate, directory) = try gate(isTimeGiven: isTimeGiven)
        return try RunningGate(gate, directory, replayPath: nil, at: time)
    }

    /// The verdict of a gate that starts now, as `verify` does once.
    func verdict(_ index: UInt64 = 3, at time: UInt64 = now, isTimeGiven: Bool = false) throws -> Verdict {
        let (gate, directory) = try gate(isTimeGiven: isTimeGiven)
        try directory.remember(at: time, skewSeconds: gate.skewSeconds)
        return try verdict(gate, index, at: time)
    }

    func verdict(_ running: RunningGate, _ index: UInt64 = 3, at time: UInt64 = now) throws -> Verdict {
        try verdict(running.current.gate, index, at: time)
    }

    private func verdict(_ gate: Verifier, _ index: UInt64, at time: UInt64) throws -> Verdict {
        let claims = ObjectClaims(
            kind: .object, id: [UInt8](1...8), category: 1, manager: try USCC("91350100M000100Y43"), location: nil,
            statusIndex: index)
        let text = try CredentialIssuer(issuer: "SH", key: issuer)
            .issue(.object(claims), issuedAt: Self.now - 2 * Self.hour, expiresAt: nil).text(host: "qr.example.cn")
        return try #require(gate.settle(gate.assess([Array(text.utf8)], at: time), at: time).first)
    }
}
