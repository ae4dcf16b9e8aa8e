import Credential
import Signing
import Glibc
import TestSupport
import Testing

@testable import Gate

@Suite("A hot list at a gate")
struct HotListAtGateTests {
    private static let now = HotFolder.now
    private static let hour = HotFolder.hour
    private let gate: HotFolder

    init() throws {
        gate = try HotFolder()
    }

    @Test("refuses what its full list does not revoke yet, and nothing else")
    func refuses() throws {
        try gate.export(1)
        #expect(try gate.verdict().code == .ok)
        try gate.writeHotList([3, 63])
        for index: UInt64 in 0..<64 {
            let verdict = try gate.verdict(index)
            #expect(verdict.code == (index == 3 || index == 63 ? .refused(.revoked) : .ok))
            #expect(!verdict.findings.warnings.contains(RunningGate.refusedWarning))
        }
    }

    @Test("is remembered: revocations stay where it is gone, older or emptier, until a full list has them")
    func union() throws {
        try gate.export(1)
        try gate.writeHotList([3])
        #expect(try gate.verdict().code == .refused(.revoked))
        gate.remove(BundleExport.hotListPath)
        #expect(try gate.verdict().code == .refused(.revoked))
        try gate.writeHotList([4], at: Self.now - 5)
        #expect(try gate.verdict(3).code == .refused(.revoked))
        #expect(try gate.verdict(4).code == .refused(.revoked))
        try gate.writeHotList([], base: Self.now - 1, at: Self.now + 1)
        // The full list of the same second lacks the bit; only a list that has it covers it.
        try gate.export(2, listTime: Self.now + 1)
        #expect(try gate.verdict(3).code == .refused(.revoked))
        #expect(try gate.verdict(5).code == .ok)
        try gate.export(3, revoked: [3, 4], listTime: Self.now + 2)
        #expect(try gate.verdict(3).code == .refused(.revoked))
        #expect(try gate.verdict(5).code == .ok)
        let known = try #require(KnownRevocations(ProjectFiles.bytes(gate.folder("state/hot"))))
        #expect(known.revoked.isEmpty && known.newest?.issuedAt == Self.now + 1)
    }

    @Test("with a base that its full list has not reached is no news of that list, and still refuses")
    func base() throws {
        let later = Self.now + 2 * Self.hour
        try gate.export(1)
        try gate.writeHotList([3], base: later - 1, at: later)
        #expect(try gate.verdict(3, at: later).code == .refused(.revoked))
        #expect(try gate.verdict(5, at: later).code == .refused(.statusUnknown))
        try gate.writeHotList([3], base: Self.now, at: later)
        #expect(try gate.verdict(5, at: later).code == .ok)
        // The other way: full lists move on, the hot list is kept back.
        let end = later + 2 * Self.hour
        #expect(try gate.verdict(5, at: end).code == .refused(.statusUnknown))
        try gate.export(2, listTime: end)
        #expect(try gate.verdict(5, at: end).code == .ok)
        #expect(try gate.verdict(3, at: end).code == .refused(.revoked))
    }

    @Test("may be as old as the scene says; a bundle without a limit, and a gate that never had one, go on")
    func limit() throws {
        let end = Self.now + Self.hour
        try gate.export(1)
        #expect(try gate.verdict(at: end + 100).code == .ok)
        try gate.writeHotList([9])
        #expect(try gate.verdict(at: end).code == .ok)
        #expect(try gate.verdict(at: end + 1).code == .refused(.statusUnknown))
        gate.remove(BundleExport.hotListPath)
        #expect(try gate.verdict(at: end + 1).code == .refused(.statusUnknown))
        #expect(try gate.verdict(9, at: end + 1).code == .refused(.revoked))
        try gate.export(2, hotLimit: nil)
        #expect(try gate.verdict(at: end + 1).code == .ok)
        try gate.export(3, hotLimit: .max)
        #expect(try gate.verdict(at: end + 1).code == .ok)
    }

    @Test("is no news after its end, and its revocations stay")
    func ended() throws {
        try gate.export(1)
        let late = Self.now + Self.hour
        try gate.replace(
            BundleExport.hotListPath, with: gate.hotList([3], at: late, expiresAt: late + 10))
        #expect(try gate.verdict(5, at: late + 9).code == .ok)
        #expect(try gate.verdict(5, at: late + 10).code == .refused(.statusUnknown))
        #expect(try gate.verdict(3, at: late + 10).code == .refused(.revoked))
    }

    @Test("that is dated ahead is not taken, and nothing of it is remembered")
    func ahead() throws {
        try gate.export(1)
        try gate.writeHotList([9])
        _ = try gate.verdict()
        let before = try ["state/hot", "state/seen.cbor"].map { try ProjectFiles.bytes(gate.folder($0)) }
        try gate.writeHotList([3], at: Self.now + 16)
        let verdict = try gate.verdict()
        #expect(verdict.code == .ok && verdict.findings.warnings.contains(RunningGate.refusedWarning))
        #expect(try gate.verdict(9).code == .refused(.revoked))
        #expect(try ["state/hot", "state/seen.cbor"].map { try ProjectFiles.bytes(gate.folder($0)) } == before)
        try gate.writeHotList([3], at: Self.now + 15)
        #expect(try gate.verdict().code == .refused(.revoked))
    }

    @Test("is not taken altered, cut, for another list's name, or from a key that may not sign it")
    func unsound() throws {
        try gate.export(1)
        let good = try gate.hotList([3])
        var files = stride(from: 0, to: good.count, by: 3).map { index in
            var bytes = good
            bytes[index] ^= 1
            return bytes
        }
        files += [[], Array(good.dropLast()), good + [0], [UInt8](repeating: 0, count: 65_537)]
        files += [try gate.hotList([3], subject: "https://x.cn/hot2"), try gate.hotList([3], by: gate.issuer)]
        files.append(try gate.hotList([3], by: .generate(.ed25519)))
        for bytes in files {
            try gate.replace(BundleExport.hotListPath, with: bytes)
            let verdict = try gate.verdict()
            #expect(verdict.code == .ok && verdict.findings.warnings.contains(RunningGate.refusedWarning))
        }
        #expect(unsafe access(gate.folder("state/hot"), F_OK) != 0)
        for mode: mode_t in [0o620, 0o602] {
            try gate.replace(BundleExport.hotListPath, with: good, mode: mode)
            #expect(try gate.verdict().findings.warnings.contains(RunningGate.refusedWarning))
        }
        try gate.replace(BundleExport.hotListPath, with: good)
        #expect(try gate.verdict().code == .refused(.revoked))
    }

    @Test("loses its revocations and its news with its key when that is struck")
    func struck() throws {
        try gate.export(1)
        try gate.writeHotList([3], by: gate.otherKey)
        #expect(try gate.verdict(3).code == .refused(.revoked))
        // The full lists keep their key; only the hot list's key goes.
        let other = gate.otherKey
        var struck = try HotFolder(sharing: gate, statusKey: gate.statusKey, otherKey: .generate(.ed25519))
        try struck.export(2)
        #expect(try struck.verdict(3).code == .ok)
        #expect(try struck.verdict(3).findings.warnings.contains(RunningGate.refusedWarning))
        struck = try HotFolder(sharing: gate, statusKey: gate.statusKey, otherKey: other)
        try struck.export(3)
        #expect(try struck.verdict(3).code == .refused(.revoked))
    }

    @Test("leaves codes undecided where what was seen of it is damaged or gone")
    func lost() throws {
        try gate.export(1)
        try gate.writeHotList([3])
        _ = try gate.verdict()
        let good = try ProjectFiles.bytes(gate.folder("state/hot"))
        for bytes in [[], Array(good.dropLast()), good + [0], [0xA0]] as [[UInt8]] {
            try gate.folder.write(bytes, to: "state/hot", mode: 0o600)
            #expect(try gate.verdict(5).code == .refused(.statusUnknown))
        }
        gate.remove("state/hot")
        #expect(try gate.verdict(5).code == .refused(.statusUnknown))
        try gate.export(2)
        #expect(try gate.verdict(5).code == .refused(.statusUnknown))
        try gate.folder.write(good, to: "state/hot", mode: 0o600)
        #expect(try gate.verdict(5).code == .ok)
    }

    @Test("is read and not remembered by a gate whose time is given")
    func timeGiven() throws {
        try gate.export(1)
        try gate.writeHotList([3])
        #expect(try gate.verdict(isTimeGiven: true).code == .refused(.revoked))
        #expect(unsafe access(gate.folder("state/hot"), F_OK) != 0)
        let running = try gate.running(isTimeGiven: true)
        try gate.writeHotList([4])
        #expect(running.look(at: Self.now) == .takenUp(version: 1))
        #expect(try gate.verdict(running, 3).code == .refused(.revoked))
        #expect(try gate.verdict(running, 4).code == .refused(.revoked))
        #expect(unsafe access(gate.folder("state/hot"), F_OK) != 0)
    }

    @Test("is forgotten as news by a reset of the clock, if it lies ahead of that, and its revocations are not")
    func resetClock() throws {
        try gate.export(1, listTime: Self.now - 100)
        let late = Self.now + Self.hour
        try gate.writeHotList([3], at: late)
        #expect(try gate.verdict(5, at: late).code == .ok)
        #expect(try gate.verdict(5).code == .refused(.clockBeforeBundle))
        try GateState(folder: gate.folder("state")).resetClock(at: Self.now, skewSeconds: 15)
        gate.remove(BundleExport.hotListPath)
        #expect(try gate.verdict(5).code == .ok)
        #expect(try gate.verdict(3).code == .refused(.revoked))
    }
}
