import Encoding
import Gate
import Glibc
import IssuerTestSupport
import Platform
import Signing
import Storage
import TestSupport
import Testing

@testable import Issuing

@Suite("The sealed keys of a published tree")
struct PublishedKeysTests {
    private static let start = KeyedGates.start
    private static let day = KeyedGates.day
    private let gates: KeyedGates

    init() throws { gates = try KeyedGates() }

    @Test("are there for active gates with a domain, stay for the day, and are made anew on the next")
    func daily() async throws {
        let (first, second) = (try await gates.gate("a"), try await gates.gate("b", ["medical", "transit"]))
        let (suspended, revoked) = (try await gates.gate("c"), try await gates.gate("d"))
        _ = try await gates.gate("e", [])
        try await gates.change(.suspendGate, suspended)
        try await gates.change(.revokeGate, revoked)
        let expected = [first, second].map(\.gate.text).sorted()
        let made = try await gates.publish()
        #expect(made == KeysPublication(writtenCount: 2, removedCount: 0))
        #expect(try gates.names() == expected)
        for (keys, count) in [(first, 5), (second, 10)] {
            let file = try gates.sealed(keys)
            #expect(try file.opened(by: keys).entries.count == count && file.issuedAt == Self.start)
            #expect(throws: BundleError.self) { try file.opened(by: suspended) }
            #expect(try gates.run.status("keys/\(keys.gate.text)").st_mode & 0o7777 == 0o644)
        }
        let before = try [first, second].map(gates.bytes)
        let inodes = try expected.map { try gates.run.status("keys/\($0)").st_ino }
        // Another process knows nothing of what this one has read.
        for time in [Self.start + 1, Self.start + 600] {
            #expect(try await gates.publish(at: time) == KeysPublication())
        }
        #expect(try expected.map { try gates.run.status("keys/\($0)").st_ino } == inodes)
        let next = (Self.start / Self.day + 1) * Self.day
        #expect(try await gates.publish(at: next - 1) == KeysPublication())
        #expect(try await gates.publish(at: next).writtenCount == 2)
        let after = try [first, second].map(gates.bytes)
        #expect(zip(before, after).allSatisfy { $0 != $1 })
        #expect(try gates.sealed(first).days.upperBound == next / Self.day + 3)
    }

    @Test("leave the tree when the gate is suspended or revoked, and come back when it is resumed")
    func states() async throws {
        let (kept, gone) = (try await gates.gate("a"), try await gates.gate("b"))
        _ = try await gates.publish()
        try await gates.change(.suspendGate, gone)
        #expect(try await gates.publish() == KeysPublication(writtenCount: 0, removedCount: 1))
        #expect(try gates.names() == [kept.gate.text])
        try await gates.change(.resumeGate, gone)
        #expect(try await gates.publish() == KeysPublication(writtenCount: 1, removedCount: 0))
        // Two files of one second differ in their times, so that the gate takes the later one.
        #expect(try gates.sealed(gone).issuedAt == Self.start + 1)
        try await gates.change(.revokeGate, gone)
        #expect(try await gates.publish() == KeysPublication(writtenCount: 0, removedCount: 1))
        #expect(try gates.names() == [kept.gate.text])
    }

    @Test("are made anew after a file was sealed by hand: the gate may have taken that one")
    func byHand() async throws {
        let keys = try await gates.gate("a")
        _ = try await gates.publish()
        _ = try await gates.run.service.ask(.sealGateKeys, ["gate": .string(keys.gate.text)])
        #expect(try await gates.publish().writtenCount == 1)
        #expect(try gates.sealed(keys).issuedAt == Self.start + 2)
    }

    @Test("are mended where a file is missing, altered, cut or another gate's, and strangers' files stay")
    func mended() async throws {
        let (keys, other) = (try await gates.gate("a"), try await gates.gate("b"))
        _ = try await gates.publish()
        let good = try gates.bytes(keys)
        var altered = good
        altered[good.count - 70] ^= 1
        let wrong: [[UInt8]?] = [nil, altered, Array(good.dropLast()), [], try gates.bytes(other)]
        for bytes in wrong {
            unsafe unlink(gates.path(keys))
            if let bytes { try gates.run.installation.folder.write(bytes, to: "tree/keys/\(keys.gate.text)") }
            #expect(try await gates.publish().writtenCount == 1)
            #expect(try gates.sealed(keys).opened(by: keys).entries.count == 5)
        }
        unsafe chmod(gates.path(keys), 0o600)
        #expect(try await gates.publish().writtenCount == 1)
        // A copy with another time is the same file: its time is set again, for the web server's ETag.
        let now = try gates.bytes(keys)
        unsafe unlink(gates.path(keys))
        try gates.run.installation.folder.write(now, to: "tree/keys/\(keys.gate.text)")
        #expect(try await gates.publish() == KeysPublication())
        #expect(PublishedTree.hasTimes(of: gates.path(keys), holding: now))
        try gates.run.installation.folder.write([1], to: "tree/keys/robots.txt")
        try gates.run.installation.folder.write([1], to: "tree/keys/\(String(repeating: "0", count: 32))")
        try gates.run.installation.folder.write([1], to: "tree/keys/.unfinished-abcdef")
        #expect(try await gates.publish() == KeysPublication(writtenCount: 0, removedCount: 1))
        #expect(try gates.names() == [keys.gate.text, other.gate.text, "robots.txt"].sorted())
    }

    @Test("are refused a folder that another user could change, or a link in its place")
    func folder() async throws {
        _ = try await gates.gate("a")
        _ = try await gates.publish()
        unsafe chmod("\(gates.run.tree)/keys", 0o777)
        await #expect(throws: OperationError.self) { try await gates.publish() }
        unsafe chmod("\(gates.run.tree)/keys", 0o755)
        #expect(try await gates.publish() == KeysPublication())
        unsafe rename("\(gates.run.tree)/keys", "\(gates.run.tree)/other")
        unsafe symlink("other", "\(gates.run.tree)/keys")
        await #expect(throws: OperationError.self) { try await gates.publish() }
    }

    @Test("and the bundle are made anew when another key signs, also where the old one is no longer listed")
    func signer() async throws {
        let run = gates.run
        let keys = try await gates.gate("a")
        _ = try await run.publish()
        _ = try await gates.publish()
        let (bundle, file) = (try run.files()["bundle.cbor"], try gates.bytes(keys))
        let root = try SigningKey(contentsOf: run.installation.state.rootKeyFile)
        let new = try SigningKey.generate(.ed25519)
        try new.write(
            to: run.installation.state.key(KeyRing.bundleKeyFile(new.verificationKey.keyIdentifier)))
        let first = try #require(try InstallationRoots(run.installation.state).chain)
        let document = try RootDocument(
            version: 2, issuedAt: 2, expiresAt: 4_000_000_000, roots: [root.verificationKey], threshold: 1,
            bundleKeys: [BundleKey(key: new.verificationKey, expiresAt: 4_000_000_000)])
        let signed = try SignedRootDocument(unsigned: document).signed(by: root)
        try run.installation.folder.write(
            RootChain.encoded(first.documents + [signed]), to: "state/roots.cbor")
        #expect(try await run.publish(at: Self.start + 5).written == ["roots.cbor", "bundle.cbor"])
        #expect(try await gates.publish(at: Self.start + 5).writtenCount == 1)
        #expect(try run.files()["bundle.cbor"] != bundle && gates.bytes(keys) != file)
        let authority = BundleAuthority.document(document)
        let published = try #require(try run.files()["bundle.cbor"])
        #expect(try GateBundle.signed(published[...], by: authority).bundle.issuedAt == Self.start + 5)
        #expect(try gates.sealed(keys).opened(by: keys).entries.count == 5)
        #expect(try await run.publish(at: Self.start + 6).written == [])
        #expect(try await gates.publish(at: Self.start + 6) == KeysPublication())
        // Documents that are newer than the bundle get a new one, although its key stays listed.
        let third = try RootDocument(
            version: 3, issuedAt: Self.start + 7, expiresAt: 4_000_000_000, roots: [root.verificationKey], threshold: 1,
            bundleKeys: [BundleKey(key: new.verificationKey, expiresAt: 4_000_000_000)])
        try run.installation.folder.write(
            RootChain.encoded(first.documents + [signed, SignedRootDocument(unsigned: third).signed(by: root)]),
            to: "state/roots.cbor")
        #expect(try await run.publish(at: Self.start + 8).written == ["roots.cbor", "bundle.cbor"])
        #expect(try await run.publish(at: Self.start + 9).written == [])
    }

    @Test("do not keep the hot list back where the bundle's key is missing")
    func missingKey() async throws {
        let run = gates.run
        _ = try await gates.gate("a")
        let (subject, _) = try await run.object()
        _ = try await run.publish()
        let path = run.installation.state.key("bundle.pem")
        unsafe rename(path, path + ".away")
        try await run.revoke(subject, at: Self.start + 1)
        #expect(try await run.publish(at: Self.start + 1).written == ["status/hot"])
        let error = await #expect(throws: OperationError.self) { try await gates.publish(at: Self.start + 1) }
        #expect(error?.code == "key_missing")
    }

    @Test("come a few at a time, so that no revocation waits for all of them, with one line a step in the trail")
    func steps() async throws {
        let service = gates.run.service
        let count = Self.gateCount
        try await Self.addGates(count, to: service)
        var (publication, steps) = (KeysPublication(), 0)
        var pass = try service.keysPass(over: gates.run.tree, by: gates.caller())
        let begin = MonotonicClock.milliseconds()
        while !pass.isComplete {
            let before = publication.writtenCount
            try await service.publishKeys(&pass, to: gates.run.tree, by: gates.caller(), &publication)
            #expect(publication.writtenCount - before <= IssuingService.keysSealCountMax)
            steps += 1
        }
        let milliseconds = MonotonicClock.milliseconds() - begin
        #expect(publication == KeysPublication(writtenCount: count, removedCount: 0))
        #expect(steps >= count / IssuingService.keysSealCountMax)
        let names = try gates.names()
        let byteCount = try names.reduce(0) { try $0 + Int(gates.run.status("keys/\($1)").st_size) }
        let lines = try await service.ask(.readAudit, [:])["lines"]?.array ?? []
        let sealings = lines.filter { $0["action"] == "gate.keys" }
        #expect(sealings.count <= steps && !sealings.isEmpty)
        let again = MonotonicClock.milliseconds()
        #expect(try await gates.publish() == KeysPublication())
        print(
            "\(count) gates' keys published in \(milliseconds) ms and \(steps) steps, \(byteCount) bytes;",
            "unchanged in \(MonotonicClock.milliseconds() - again) ms")
    }

    @Test("of a daemon follow a gate's change without a whole pass's wait, the day, and a failure")
    func upkeep() async throws {
        let service = gates.run.service
        let keys = try await gates.gate("a")
        var upkeep = KeysUpkeep()
        #expect(upkeep.isUnderWay(changeCount: service.gateChangeCount, at: Self.start))
        try await upkeep.step(service, to: gates.run.tree, by: gates.caller())
        #expect(!upkeep.isUnderWay(changeCount: service.gateChangeCount, at: Self.start + 1))
        #expect(try gates.names() == [keys.gate.text])
        for (operation, expected) in [
            (IssuerOperation.suspendGate, []), (.resumeGate, [keys.gate.text]), (.sealGateKeys, [keys.gate.text]),
            (.revokeGate, []),
        ] {
            try await gates.change(operation, keys)
            #expect(upkeep.isUnderWay(changeCount: service.gateChangeCount, at: Self.start + 1))
            try await upkeep.step(service, to: gates.run.tree, by: gates.caller())
            #expect(!upkeep.isUnderWay(changeCount: service.gateChangeCount, at: Self.start + 1))
            #expect(try gates.names() == expected)
        }
        #expect(upkeep.isUnderWay(changeCount: service.gateChangeCount, at: Self.start + Self.day))
    }

    /// The gates of one pass; `GATE_COUNT` in the environment gives another number, for a measurement.
    private static var gateCount: Int {
        unsafe getenv("GATE_COUNT").flatMap { unsafe Int(String(cString: $0)) } ?? 600
    }

    /// Registers gates that share one receiving key, without their requests.
    private static func addGates(_ count: Int, to service: IssuingService) async throws {
        let receiving = try ReceivingKey.generate(for: .ed25519).publicKey.spki
        for start in stride(from: 0, to: count, by: 1000) {
            try await service.database.write { database in
                for number in start..<min(count, start + 1000) {
                    let identifier = Array(DigestAlgorithm.sha256.digest(Array("\(number)".utf8)).prefix(16))
                    try database.putGate(
                        GateRecord(
                            identifier: identifier, name: "gate \(number)",
                            signingKey: [UInt8](repeating: 0, count: 44),
                            receivingKey: receiving, site: "hall", scenes: ["metro-gate"],
                            domains: ["medical", "transit"], registeredAt: Self.start, statusAt: Self.start))
                }
            }
        }
    }
}
