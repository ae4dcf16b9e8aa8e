import Encoding
import Glibc
import TestSupport
import Testing

/// Uses the folder of a gate whose version pinned no root and kept its showings in the former format.
@Suite("A gate's folder of the version before pinned roots")
struct EarlierGateTests {
    private let folder: ScratchFolder
    private let clock: SetClock
    /// Seconds since 1970-01-01T00:00:00Z at which the earlier version accepted its showings.
    private let time: UInt64

    private var state: String { folder("bundle/state") }

    init() throws {
        folder = try ScratchFolder()
        let archive = "\(ProjectFiles.fixtures)/states/gate-of-d659448-TEST-ONLY-keys.tar.gz"
        try #require(unsafe system("tar -xzpf \(archive) --strip-components=1 --no-same-owner -C \(folder.path)") == 0)
        unsafe chmod(folder.path, 0o700)
        time = try #require(UInt64(Self.line(folder("time"))))
        clock = try SetClock(at: time)
    }

    private static func line(_ path: String) throws -> String {
        String(String(decoding: try ProjectFiles.bytes(path), as: UTF8.self).prefix { !$0.isNewline })
    }

    private func code(_ name: String, after seconds: UInt64 = 0) throws -> String? {
        try clock.set(time + seconds)
        let text = try Self.line(folder(name))
        return try VerifyRun("--bundle \(folder("bundle")) --scene metro-gate --text '\(text)'", clock: clock).code
    }

    private func magic() throws -> String {
        String(decoding: try ProjectFiles.bytes("\(state)/replay").prefix(8), as: UTF8.self)
    }

    @Test("is taken up with its accepted showings and its newest bundle, and gets a pinned root")
    func takenUp() throws {
        let before = try SeenState(folder: folder("bundle"))
        #expect(before.version == 1_790_000_060 && before.digest != nil)
        #expect(try magic() == "SPREPLY1")
        #expect(try code("shown") == "replayed")
        #expect(try code("fresh", after: 1) == "ok")
        #expect(try code("fresh", after: 1) == "replayed")
        #expect(try magic() == "SPREPLY2")
        #expect(try SeenState(folder: folder("bundle")) == before)
        // The root is pinned now, and the replay store is known.
        let bytes = try ProjectFiles.bytes("\(state)/seen.cbor")
        let fields = try CBORItem.decode(bytes[...], rules: .deterministic, byteCountMax: 1 << 16, depthMax: 4).map
        #expect(fields?[text: "root"]?.byteString?.count == 32 && fields?[text: "replay"]?.array?.count == 1)
        unsafe unlink("\(state)/replay")
        #expect(try code("shown") == "bundle_unreadable")
    }

    @Test("still refuses the bundle before its newest one")
    func rollback() throws {
        unsafe rename(folder("older-bundle.cbor"), folder("bundle/bundle.cbor"))
        #expect(try code("fresh", after: 1) == "bundle_rollback")
    }

    @Test("decides nothing by a former replay store that is cut inside its header, or by a damaged memory")
    func damaged() throws {
        let memory = try ProjectFiles.bytes("\(state)/seen.cbor")
        try folder.write(Array(memory.dropLast()), to: "bundle/state/seen.cbor", mode: 0o600)
        #expect(try code("fresh", after: 1) == "bundle_unreadable")
        try folder.write(memory, to: "bundle/state/seen.cbor", mode: 0o600)
        try #require(unsafe truncate("\(state)/replay", 7) == 0)
        #expect(try code("fresh", after: 1) == "bundle_unreadable")
    }
}
