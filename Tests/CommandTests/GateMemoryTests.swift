import Credential
import Encoding
import Glibc
import Signing
import TestSupport
import Testing

@Suite("The record of bundles and lists that verify has seen")
struct GateMemoryTests {
    private static let list = "SH-object-lasting"

    private let clock: SetClock

    init() throws {
        clock = try SetClock(at: VerifyGate.now)
    }

    private func run(_ gate: VerifyGate, index: UInt64 = 3) throws -> VerifyRun {
        let options = "--scene object-inspection --text '\(try gate.object(index: index))'"
        return try VerifyRun("--bundle \(gate.folder) \(options)", clock: clock)
    }

    private func inode(_ gate: VerifyGate) throws -> UInt64 {
        var status = stat()
        try #require(unsafe stat("\(gate.folder)/\(SeenState.path)", &status) == 0)
        return UInt64(status.st_ino)
    }

    @Test("holds the bundle's version and digest and each opened list's time, and is written only on changes")
    func remembered() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        #expect(try run(gate).code == "ok")
        let bundle = try ProjectFiles.bytes("\(gate.folder)/bundle.cbor")
        let seen = try SeenState(gate)
        #expect(seen.version == 5 && seen.digest == DigestAlgorithm.sha256.digest(bundle))
        #expect(seen.listTimes == [Self.list: VerifyGate.start])
        let first = try inode(gate)
        #expect(try run(gate).code == "ok")
        #expect(try inode(gate) == first, "written without news")
    }

    @Test("refuses an older bundle and another one of the same version, and admits a newer one")
    func sameVersion() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        #expect(try run(gate).code == "ok")
        let seen = try SeenState(gate)
        for version: UInt64 in [5, 4] {
            try gate.export(version: version, domains: [])
            let refused = try run(gate)
            #expect(refused.code == "bundle_rollback" && refused.verdict == "undecided" && refused.status == 2)
            #expect(try SeenState(gate) == seen)
        }
        try gate.export(version: 6, domains: [])
        #expect(try run(gate).code == "ok")
    }

    @Test("refuses an older list in place of a newer one, though the bundle admits it")
    func olderList() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        try gate.export(version: 6, listTime: VerifyGate.start + 10)
        #expect(try run(gate).code == "ok")
        try gate.export(version: 7, listTime: VerifyGate.start + 9)
        #expect(try run(gate).code == "status_unknown")
        #expect(try run(gate, index: VerifyGate.revokedIndex).code == "revoked")
        #expect(try SeenState(gate).listTimes == [Self.list: VerifyGate.start + 10])
        try gate.export(version: 8, listTime: VerifyGate.start + 10)
        #expect(try run(gate).code == "ok")
    }

    @Test("refuses a list that is older than the bundle says, whatever was seen before")
    func listOlderThanItsBundleSays() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        try gate.export(version: 6, listTime: VerifyGate.start + 9, listTimeMin: VerifyGate.start + 10)
        #expect(try run(gate).code == "status_unknown")
        try gate.export(version: 7, listTime: VerifyGate.start + 10, listTimeMin: VerifyGate.start + 10)
        #expect(try run(gate).code == "ok")
    }

    @Test("forgets the lists that a newer bundle no longer names")
    func forgets() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        #expect(try run(gate).code == "ok")
        try gate.export(version: 6, listForms: [.enterprise])
        #expect(try run(gate).code == "status_unknown")
        #expect(try SeenState(gate).listTimes == [:])
    }

    @Test("keeps to the bundle version that the previous release recorded, and refuses an older one")
    func formerState() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        unsafe mkdir("\(gate.folder)/state", 0o700)
        try gate.write(Array("6".utf8), to: "state/newest-version")
        #expect(try run(gate).code == "bundle_rollback")
        unsafe unlink("\(gate.folder)/\(SeenState.path)")
        try gate.write(Array("5".utf8), to: "state/newest-version")
        #expect(try run(gate).code == "ok")
        #expect(try SeenState(gate).version == 5)
        try gate.write(Array("x".utf8), to: "state/newest-version")
        #expect(try run(gate).code == "ok", "the new file counts")
        unsafe unlink("\(gate.folder)/\(SeenState.path)")
        #expect(try run(gate).code == "bundle_unreadable")
    }

    @Test("keeps the gate closed when it was altered or cut short")
    func damaged() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        #expect(try run(gate).code == "ok")
        let good = try ProjectFiles.bytes("\(gate.folder)/\(SeenState.path)")
        for count in [0, 1, good.count / 2, good.count - 1] {
            try gate.write(Array(good[..<count]), to: SeenState.path)
            #expect(try run(gate).code == "bundle_unreadable")
        }
        try gate.write(good, to: SeenState.path)
        #expect(try run(gate).code == "ok")
    }

    @Test("loses nothing when many gates share the folder and each opens another list first")
    func sharedFolder() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let command = (clock.words + [Program("verify").path]).joined(separator: " ")
        let verify = "\(command) --bundle \(gate.folder) --plain"
        let shown = [
            ("object-inspection", try gate.object()), ("park", try gate.person(kind: .paper)),
            ("park", try gate.shown(gate.person())),
        ]
        for _ in 0..<4 {
            unsafe system("rm -rf \(gate.folder)/state")
            // A pipeline starts all of them before it waits for any; none reads the previous one's output.
            let starts = (0..<9).map { number in
                "\(verify) --scene \(shown[number % 3].0) --text '\(shown[number % 3].1)' > /dev/null 2>&1"
            }
            unsafe system(starts.joined(separator: " | "))
            #expect(Set(try SeenState(gate).listTimes.values) == [VerifyGate.start])
            #expect(try SeenState(gate).listTimes.count == 3)
        }
    }
}
