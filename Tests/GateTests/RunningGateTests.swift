import Credential
import Glibc
import Signing
import TestSupport
import Testing

@testable import Gate

@Suite("A running gate that looks at its folder")
struct RunningGateTests {
    private static let now: UInt64 = 1_790_000_000
    private static let list = StatusListReference(issuer: "SH", form: .object, day: nil)
    private static let listPath = BundleExport.path(of: list)

    private let folder: ScratchFolder
    private let (root, issuer, statusKey): (SigningKey, SigningKey, SigningKey)

    init() throws {
        folder = try ScratchFolder()
        (root, issuer, statusKey) = try (.generate(.ed25519), .generate(.ed25519), .generate(.ed25519))
        unsafe mkdir(folder("status"), 0o700)
    }

    private func files(
        _ version: UInt64, revoked: [Int] = [], scenes: [Scene] = Scene.shipped, listTime: UInt64 = now,
        domains: [SealDomain] = []
    ) throws -> [BundleExport.File] {
        var list = StatusList(count: 64)
        for index in revoked { list[index] = true }
        let token = try StatusListToken(
            subject: Self.list.name, issuedAt: listTime, expiresAt: nil, timeToLiveSeconds: nil, list: list
        ).signed(by: statusKey)
        let uses: [(SigningKey, KeyUses)] = [(issuer, [.object, .person]), (statusKey, [.statuslist])]
        let records = uses.map { key, uses in
            IssuerRecord(
                issuer: "SH", key: key.verificationKey, uses: uses, notBefore: 0, expiresAt: .max, status: .active)
        }
        let bundle = GateBundle(
            version: version, issuedAt: Self.now, expiresAt: Self.now + 60, issuers: records,
            statusLists: [Self.list], statusListTimes: [Self.list: Self.now], domains: domains, hosts: [],
            scenes: scenes)
        return try BundleExport(bundle, root: root, statusLists: [(Self.list, token)], epochKeys: nil).files
    }

    private func write(_ files: [BundleExport.File]) throws {
        for file in files {
            let temporary = try folder.write(file.bytes, to: "new", mode: mode_t(file.mode))
            try #require(unsafe rename(temporary, folder(file.path)) == 0)
        }
    }

    private func open(scene name: String = "object-inspection") throws -> RunningGate {
        let directory = try GateDirectory(path: folder.path)
        let scene = try #require(directory.bundle.scene(named: name))
        let replay = scene.isReplayRefused ? try ReplayStore(path: folder("state/replay")) : nil
        let gate = Verifier(directory: directory, scene: scene, replay: replay)
        return try RunningGate(gate, directory, replayPath: folder("state/replay"), at: Self.now)
    }

    private func code(_ running: RunningGate, _ index: UInt64 = 3) throws -> VerdictCode? {
        let claims = ObjectClaims(
            kind: .object, id: [UInt8](1...8), category: 1, manager: try USCC("91350100M000100Y43"), location: nil,
            statusIndex: index)
        let text = try CredentialIssuer(issuer: "SH", key: issuer)
            .issue(.object(claims), issuedAt: Self.now, expiresAt: nil).text(host: "qr.example.cn")
        let gate = running.current.gate
        return gate.settle(gate.assess([Array(text.utf8)], at: Self.now), at: Self.now).first?.code
    }

    private func seen() throws -> [UInt8] { try ProjectFiles.bytes(folder("state/seen.cbor")) }

    /// The code that a look refuses the folder with; nil where it does not.
    private func refusal(_ running: RunningGate) -> BundleError.Code? {
        guard case .refused(let error, _) = running.look(at: Self.now) else { return nil }
        return error.code
    }

    @Test("takes a new generation up whole, and finds nothing new afterwards")
    func takesUp() throws {
        try write(files(1))
        let running = try open()
        #expect(running.look(at: Self.now) == .nothingNew)
        #expect(try code(running) == .ok)
        try write(files(2, revoked: [3]))
        #expect(running.look(at: Self.now) == .takenUp(version: 2))
        #expect(try code(running) == .refused(.revoked))
        #expect(running.look(at: Self.now) == .nothingNew)
    }

    @Test("does not see what is half replaced, file by file, until the bundle is")
    func halfReplaced() throws {
        try write(files(1))
        let running = try open()
        let next = try files(2, revoked: [3])
        for file in next.dropLast() {
            try write([file])
            #expect(running.look(at: Self.now) == .nothingNew)
            #expect(try code(running) == .ok && !running.current.isUpdateRefused)
        }
        try write([next[next.count - 1]])
        #expect(running.look(at: Self.now) == .takenUp(version: 2))
        #expect(try code(running) == .refused(.revoked))
    }

    @Test("takes no generation with a byte altered or its end cut off, and changes nothing for it")
    func alteredBytes() throws {
        try write(files(1))
        let running = try open()
        let (before, next) = (try seen(), try files(2, revoked: [3]))
        try write(next)
        for file in next where file.path != BundleExport.rootName {
            var altered = stride(from: 0, to: file.bytes.count, by: 7).map { index in
                var bytes = file.bytes
                bytes[index] ^= 1
                return bytes
            }
            altered += (0..<16).map { Array(file.bytes[..<(file.bytes.count * $0 / 16)]) }
            for bytes in altered {
                // The bundle's own file is replaced each time, as every export does.
                try write([.init(path: file.path, bytes: bytes, mode: 0o644)])
                if file.path != BundleExport.bundleName { try write([next[next.count - 1]]) }
                #expect(refusal(running) != nil)
                #expect(running.current.isUpdateRefused)
            }
            #expect(try code(running) == .ok)
            #expect(try seen() == before)
            try write([file])
        }
        try write(next)
        #expect(running.look(at: Self.now) == .takenUp(version: 2))
        #expect(try code(running) == .refused(.revoked) && !running.current.isUpdateRefused)
    }

    @Test("says once what is wrong with a generation, and again of another with the same fault")
    func saysOnce() throws {
        try write(files(2))
        let running = try open()
        for _ in 0..<2 {
            try write(files(1))
            let first = running.look(at: Self.now)
            guard case .refused(let error, isNew: true) = first else {
                Issue.record("\(first)")
                return
            }
            #expect(error.code == .rollback)
            for _ in 0..<10 { #expect(running.look(at: Self.now) == .refused(error, isNew: false)) }
        }
    }

    @Test("takes up what is mended beside an unchanged bundle, and the former generation when it is put back")
    func mended() throws {
        let (first, second) = (try files(1), try files(2, revoked: [3]))
        try write(first)
        let running = try open()
        try write(second)
        unsafe unlink(folder(Self.listPath))
        #expect(refusal(running) == .statusUnknown)
        try write(second.filter { $0.path == Self.listPath })
        #expect((0..<8).contains { _ in running.look(at: Self.now) == .takenUp(version: 2) })
        #expect(try code(running) == .refused(.revoked))
        try write(first)
        #expect(refusal(running) == .rollback)
        try write(second)
        #expect(running.look(at: Self.now) == .takenUp(version: 2))
        #expect(!running.current.isUpdateRefused)
    }

    @Test("takes no bundle of a known version with other bytes, and no older list, also where its memory was removed")
    func rollback() throws {
        try write(files(2, listTime: Self.now + 5))
        let running = try open()
        for _ in 0..<2 {
            try write(files(1, listTime: Self.now + 5))
            #expect(refusal(running) == .rollback)
            try write(files(2, scenes: Scene.shipped.reversed(), listTime: Self.now + 5))
            #expect(refusal(running) == .rollback)
            try write(files(3, listTime: Self.now + 4))
            #expect(refusal(running) == .statusUnknown)
            unsafe unlink(folder("state/seen.cbor"))
        }
        try write(files(3, listTime: Self.now + 5))
        #expect(running.look(at: Self.now) == .takenUp(version: 3))
    }

    @Test("sees other bytes of the same size in the same file, whatever its times say")
    func sameFile() throws {
        try write(files(2))
        let running = try open()
        let next = try files(3)
        let old = try ProjectFiles.bytes(folder(BundleExport.bundleName))
        var status = stat()
        unsafe stat(folder(BundleExport.bundleName), &status)
        try write([next[1]])
        let new = next[next.count - 1].bytes
        try #require(old.count == new.count)
        let descriptor = unsafe Glibc.open(folder(BundleExport.bundleName), O_WRONLY)
        #expect(unsafe pwrite(descriptor, new, new.count, 0) == new.count)
        close(descriptor)
        let times = [status.st_atim, status.st_mtim]
        try #require(unsafe utimensat(AT_FDCWD, folder(BundleExport.bundleName), times, 0) == 0)
        #expect(running.look(at: Self.now) == .takenUp(version: 3))
    }

    @Test("takes no generation without its scene, or without the keys that it was exported with")
    func incomplete() throws {
        try write(files(1))
        let running = try open()
        try write(files(2, scenes: Scene.shipped.filter { $0.name != "object-inspection" }))
        #expect(refusal(running) == .unreadable)
        try write(files(2, domains: [.transit]))
        #expect(refusal(running) == .unreadable)
        unsafe unlink(folder(BundleExport.bundleName))
        #expect(refusal(running) == .unreadable)
        #expect(try code(running) == .ok)
    }

    @Test("opens none of its lists later, and takes one that it lacked at the start once that is there")
    func lacksAList() throws {
        let first = try files(1)
        try write(first)
        unsafe unlink(folder(Self.listPath))
        let running = try open()
        #expect(try code(running) == .refused(.statusUnknown))
        for _ in 0..<8 { #expect(running.look(at: Self.now) == .nothingNew) }
        try write(first.filter { $0.path == Self.listPath })
        #expect(try code(running) == .refused(.statusUnknown))
        #expect((0..<8).contains { _ in running.look(at: Self.now) == .takenUp(version: 1) })
        #expect(try code(running) == .ok && !running.current.isUpdateRefused)
    }
}
