import Glibc
import TestSupport
import Testing

@testable import Gate

@Suite("A running gate that looks for a hot list")
struct HotListUpdateTests {
    private static let now = HotFolder.now
    private static let hour = HotFolder.hour
    private let gate: HotFolder

    init() throws {
        gate = try HotFolder()
    }

    private func refusal(_ running: RunningGate) -> BundleError.Code? {
        guard case .refused(let error, _) = running.look(at: Self.now) else { return nil }
        return error.code
    }

    @Test("takes it up beside an unchanged bundle, and each later one")
    func takesUp() throws {
        try gate.export(1)
        let running = try gate.running()
        #expect(running.look(at: Self.now) == .nothingNew)
        for revoked in [[3], [3, 4], [3, 4, 5]] as [[UInt32]] {
            try gate.writeHotList(revoked)
            #expect(running.look(at: Self.now) == .takenUp(version: 1))
            #expect(running.look(at: Self.now) == .nothingNew)
            for bit in revoked { #expect(try gate.verdict(running, UInt64(bit)).code == .refused(.revoked)) }
            #expect(try gate.verdict(running, 6).code == .ok)
        }
        gate.remove(BundleExport.hotListPath)
        #expect(running.look(at: Self.now) == .takenUp(version: 1))
        #expect(try gate.verdict(running, 3).code == .refused(.revoked))
    }

    @Test("keeps what it has beside an unsound one, warns, and goes on once that is mended")
    func unsound() throws {
        try gate.export(1)
        try gate.writeHotList([3])
        let running = try gate.running()
        #expect(try gate.verdict(running, 3).code == .refused(.revoked))
        let before = try ProjectFiles.bytes(gate.folder("state/hot"))
        var altered = try gate.hotList([3, 4])
        altered[altered.count - 1] ^= 1
        for bytes in [altered, try gate.hotList([4], at: Self.now + 16), []] {
            try gate.replace(BundleExport.hotListPath, with: bytes)
            #expect((0..<8).contains { _ in refusal(running) != nil })
            #expect(running.current.isUpdateRefused)
            #expect(try gate.verdict(running, 3).code == .refused(.revoked))
            #expect(try gate.verdict(running, 4).code == .ok)
            #expect(try ProjectFiles.bytes(gate.folder("state/hot")) == before)
        }
        try gate.writeHotList([3, 4])
        #expect((0..<8).contains { _ in running.look(at: Self.now) == .takenUp(version: 1) })
        #expect(!running.current.isUpdateRefused)
        #expect(try gate.verdict(running, 4).code == .refused(.revoked))
    }

    @Test("begins beside an unsound one with full lists alone, and warns")
    func beginsUnsound() throws {
        try gate.export(1)
        try gate.writeHotList([3], at: Self.now + 16)
        let running = try gate.running()
        let verdict = try gate.verdict(running, 3)
        #expect(verdict.code == .ok && verdict.findings.warnings.contains(RunningGate.refusedWarning))
        try gate.writeHotList([3])
        #expect(running.look(at: Self.now) == .takenUp(version: 1))
        #expect(try gate.verdict(running, 3).code == .refused(.revoked))
    }

    @Test("keeps every revocation over full lists that move on, and over lost state")
    func movesOn() throws {
        try gate.export(1)
        try gate.writeHotList([3])
        let running = try gate.running()
        try gate.export(2, revoked: [4], listTime: Self.now + 1)
        try gate.writeHotList([5], base: Self.now + 1, at: Self.now + 1)
        #expect(running.look(at: Self.now) == .takenUp(version: 2))
        for index: UInt64 in 3...5 { #expect(try gate.verdict(running, index).code == .refused(.revoked)) }
        gate.remove("state/hot")
        try gate.export(3, revoked: [4, 5], listTime: Self.now + 2)
        #expect(running.look(at: Self.now) == .takenUp(version: 3))
        for index: UInt64 in 3...5 { #expect(try gate.verdict(running, index).code == .refused(.revoked)) }
        // The state is whole again for the next start: only what the full lists lack is in it.
        let known = try #require(KnownRevocations(ProjectFiles.bytes(gate.folder("state/hot"))))
        #expect(known.revoked.values.flatMap(\.self) == [3])
    }

    @Test("says stale news at the scene's limit without a new look, and good ones after the next hot list")
    func limit() throws {
        try gate.export(1)
        try gate.writeHotList([])
        let running = try gate.running()
        let end = Self.now + Self.hour
        #expect(try gate.verdict(running, at: end).code == .ok)
        #expect(try gate.verdict(running, at: end + 1).code == .refused(.statusUnknown))
        try gate.writeHotList([], at: end)
        #expect(running.look(at: end) == .takenUp(version: 1))
        #expect(try gate.verdict(running, at: end + 1).code == .ok)
    }
}
