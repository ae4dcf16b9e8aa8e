import Encoding
import Glibc
import TestSupport
import Testing

@testable import Gate

@Suite("A gate's accepted showings")
struct ReplayAttackTests {
    private let gate: VerifyGate
    private let clock: SetClock
    private let now = VerifyGate.now

    init() throws {
        (gate, clock) = try (VerifyGate(), SetClock(at: VerifyGate.now))
    }

    private func code(_ text: String, at time: UInt64 = VerifyGate.now, scene: String = "metro-gate") throws -> String?
    {
        try clock.set(time)
        return try VerifyRun("--bundle \(gate.folder) --scene \(scene) --text '\(text)'", clock: clock).code
    }

    private var store: String { "\(gate.folder)/state/replay" }

    @Test(
        "are known after the clock jumped forth and back and other showings were accepted there",
        arguments: [256, 512, 768, 1024, 2048, 3000] as [UInt64])
    func clockForthAndBack(jump: UInt64) throws {
        defer { gate.remove() }
        let shown = [try gate.shown(gate.person()), try gate.chain(), try gate.transit.code()]
        for text in shown { #expect(try code(text) == "ok") }
        for step in 0..<3 as Range<UInt64> {
            let time = now + jump + step
            #expect(try code(gate.shown(gate.person(), time: time), at: time) == "ok")
        }
        for text in shown { #expect(try code(text) == "replayed") }
        #expect(try code(gate.shown(gate.person())) == "ok")
    }

    @Test("at a clock far ahead block nothing once the clock is right, and the store does not fill with them")
    func farAhead() throws {
        defer { gate.remove() }
        let person = try gate.person()
        for time in [now + 3000, now + 2000, now + 1000] {
            #expect(try code(gate.shown(person, time: time), at: time) == "ok")
        }
        #expect(try code(gate.shown(person)) == "ok")
        #expect(try code(gate.shown(person)) == "replayed")
    }

    @Test("use up the earlier showings that the same phone signed for other seconds, in each kind of run")
    func severalAtOnce() throws {
        defer { gate.remove() }
        let person = try gate.person()
        let texts = try [now, now - 1, now - 14, now + 14].map { try gate.shown(person, time: $0) }
        #expect(try code(texts[0]) == "ok")
        for text in texts[1...2] { #expect(try code(text) == "replayed") }
        #expect(try code(texts[3]) == "ok", "a later showing is a new one")
        for text in texts { #expect(try code(text) == "replayed") }
        #expect(try code(texts[1], scene: "bus") == "ok", "another scene")
        // In one scan the earlier of two refuses both.
        let other = try gate.person()
        let both = try [now, now - 1].map { try gate.shown(other, time: $0) }
        let window = "[\"\(both[0])\",\"\(both[1])\"]"
        #expect(try code(window) == "replayed")
        let stream = try VerifyRun(
            "--bundle \(gate.folder) --scene metro-gate --stream", input: both.map { $0 + "\n" }.joined(), clock: clock)
        #expect(stream.lines.map { $0["code"]?.string } == ["ok", "replayed"])
    }

    @Test("use up the earlier showings at a second gate after a merge")
    func severalAtTwoGates() throws {
        defer { gate.remove() }
        let person = try gate.person()
        #expect(try code(gate.shown(person)) == "ok")
        let second = "--bundle \(gate.folder) --scene metro-gate --state \(gate.folder)/second"
        let other = try gate.shown(gate.person())
        #expect(try VerifyRun("\(second) --text '\(other)'", clock: clock).code == "ok")
        let merged = try VerifyRun("replay merge --into \(gate.folder)/second/replay \(store)", clock: clock)
        #expect(merged.lines == [["merged": 1]])
        let earlier = try gate.shown(person, time: now - 1)
        #expect(try VerifyRun("\(second) --text '\(earlier)'", clock: clock).code == "replayed")
    }

    @Test(
        "that were lost with their store keep the gate closed until `verify state reset-replay`",
        arguments: [
            "rm F", "truncate -s 0 F", "truncate -s 4096 F", "truncate -s 33M F", "truncate -s -1 F",
            "truncate -s 8192 F && truncate -s 67117056 F", "rm F && cp $(dirname F)/../other F",
            "dd if=/dev/zero of=F bs=4096 count=1 conv=notrunc status=none", "mv F F.old",
            "printf x | dd of=F bs=1 seek=40 conv=notrunc status=none",
        ])
    func lostStore(damage: String) throws {
        defer { gate.remove() }
        let text = try gate.shown(gate.person())
        #expect(try code(text) == "ok")
        _ = try ReplayStore(path: "\(gate.folder)/other")
        try #require(unsafe system(damage.replacing("F", with: store)) == 0)
        for _ in 0..<2 {
            let run = try VerifyRun("--bundle \(gate.folder) --scene metro-gate --text '\(text)'", clock: clock)
            #expect(run.code == "bundle_unreadable" && run.status == 2)
        }
        // A given time reads the memory too.
        let given = try VerifyRun("--bundle \(gate.folder) --scene metro-gate --at \(now) --text '\(text)'")
        #expect(given.code == "bundle_unreadable" && given.status == 2)
        let reset = try VerifyRun("state reset-replay --bundle \(gate.folder)")
        #expect(reset.status == 0 && reset.lines == [["reset": true]])
        for expected in ["ok", "replayed"] { #expect(try code(text) == expected) }
    }

    @Test("that were lost with a store outside the state folder keep the gate closed too")
    func lostStoreElsewhere() throws {
        defer { gate.remove() }
        let text = try gate.shown(gate.person())
        let gate = "--bundle \(gate.folder) --scene metro-gate --text '\(text)'"
        let other = "--replay-store \(self.gate.folder)/other"
        #expect(try VerifyRun("\(gate) \(other)", clock: clock).code == "ok")
        unsafe unlink("\(self.gate.folder)/other")
        let link = "--replay-store \(self.gate.folder)/status/../other"
        for store in [other, link] {
            #expect(try VerifyRun("\(gate) \(store)", clock: clock).code == "bundle_unreadable")
        }
        #expect(try VerifyRun("state reset-replay --bundle \(self.gate.folder) \(other)").status == 0)
        #expect(try VerifyRun("\(gate) \(other)", clock: clock).code == "ok")
    }

    @Test("that a running gate loses keep it closed")
    func lostWhileRunning() throws {
        defer { gate.remove() }
        let stream = try PipedProgram(
            "verify", ["--bundle", gate.folder, "--scene", "metro-gate", "--stream"], clock: clock)
        func code() throws -> String? {
            try stream.write(Array("\(gate.shown(gate.person()))\n".utf8))
            return try JSONValue.parse(stream.readLine(), byteCountMax: 1 << 16)["code"]?.string
        }
        #expect(try code() == "ok")
        try #require(unsafe truncate(store, 1 << 20) == 0)
        for _ in 0..<2 { #expect(try code() == "bundle_unreadable") }
        try #require(unsafe truncate(store, (64 << 20) + 8192) == 0)
        for _ in 0..<2 { #expect(try code() == "bundle_unreadable") }
    }

    @Test("keep a running gate closed once an older copy of its store was written over it")
    func olderCopy() throws {
        defer { gate.remove() }
        let stream = try PipedProgram(
            "verify", ["--bundle", gate.folder, "--scene", "metro-gate", "--stream"], clock: clock)
        func code(_ text: String) throws -> String? {
            try stream.write(Array("\(text)\n".utf8))
            return try JSONValue.parse(stream.readLine(), byteCountMax: 1 << 16)["code"]?.string
        }
        #expect(try code(gate.shown(gate.person())) == "ok")
        try #require(unsafe system("cp \(store) \(gate.folder)/older") == 0)
        let shown = try gate.shown(gate.person())
        #expect(try code(shown) == "ok")
        try #require(unsafe system("cp \(gate.folder)/older \(store)") == 0)
        for _ in 0..<2 { #expect(try code(shown) == "bundle_unreadable") }
        #expect(try code(gate.shown(gate.person())) == "bundle_unreadable")
    }

    @Test("of another gate do not close this one, whatever scenes and times they name")
    func hostileMerge() throws {
        defer { gate.remove() }
        #expect(try code(gate.shown(gate.person())) == "ok")
        let hostile = try ReplayStore(path: "\(gate.folder)/hostile")
        let person = try gate.shown(gate.person())
        for number in 0..<ReplayStore.sceneCountMax {
            let key = ReplayKey(cti: [UInt8](repeating: UInt8(number), count: 8), number: now, time: now)
            #expect(try hostile.insert(key, scene: "scene-\(number)", at: now))
        }
        let merge = "replay merge --into \(store) \(gate.folder)/hostile"
        #expect(try VerifyRun(merge, clock: clock).lines == [["merged": 0]])
        #expect(try VerifyRun("\(merge) --bundle \(gate.folder)", clock: clock).lines == [["merged": 0]])
        #expect(try code(person, scene: "bus") == "ok")
        try gate.corrupt("bundle.cbor")
        #expect(try VerifyRun("\(merge) --bundle \(gate.folder)", clock: clock).status == 2)
    }
}
