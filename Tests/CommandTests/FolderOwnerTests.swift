import Encoding
import Gate
import Glibc
import TestSupport
import Testing

@Suite("A bundle's folder that another user could change")
struct FolderOwnerTests {
    private static let stranger: uid_t = 41_234
    private static let files = ["root.pem", "bundle.cbor", "epoch-keys.cbor", "status/SH-object-lasting.cwt"]

    private let scratch: ScratchFolder
    private let gate: VerifyGate

    init() throws {
        scratch = try ScratchFolder()
        gate = try VerifyGate()
    }

    private func run(_ options: String = "", bundle: String? = nil) throws -> VerifyRun {
        try VerifyRun(
            "--bundle \(bundle ?? gate.folder) --scene object-inspection --at \(VerifyGate.now) \(options) "
                + "--text '\(gate.object())'")
    }

    private func expectRefusal(_ run: VerifyRun, hint: String, _ place: String) {
        let isClosed = ["bundle_unreadable", "status_unknown"].contains(run.code)
        #expect(isClosed && run.verdict == "undecided" && run.status == 2, "\(place)")
        #expect(run.lines.first?["hint"]?.string?.contains(hint) == true, "\(place)")
    }

    @Test("decides nothing while group or others can write the folder or a file in it")
    func writable() throws {
        defer { gate.remove() }
        for name in ["", "status"] + Self.files {
            let path = "\(gate.folder)/\(name)"
            var status = stat()
            try #require(unsafe stat(path, &status) == 0)
            for bit in [S_IWGRP, S_IWOTH] {
                unsafe chmod(path, status.st_mode & 0o7777 | bit)
                expectRefusal(try run(), hint: "chmod", "\(name) \(bit)")
            }
            unsafe chmod(path, status.st_mode & 0o7777)
            #expect(try run().code == "ok", "\(name)")
        }
        unsafe chmod(gate.folder, 0o1777)
        expectRefusal(try run(), hint: "chmod", "sticky")
    }

    @Test("decides nothing while a third user owns the folder or a file in it", .enabled(if: geteuid() == 0))
    func owned() throws {
        defer { gate.remove() }
        for name in ["", "status"] + Self.files {
            let path = "\(gate.folder)/\(name)"
            unsafe chown(path, Self.stranger, Self.stranger)
            expectRefusal(try run(), hint: "chown", name)
            #expect(try run("--sync-user \(Self.stranger)").code == "ok", "\(name)")
            unsafe chown(path, 0, 0)
            #expect(try run().code == "ok", "\(name)")
        }
    }

    @Test("decides nothing while another user can exchange the folder, by a parent or by a link")
    func parents() throws {
        defer { gate.remove() }
        let parent = scratch("parent")
        unsafe mkdir(parent, 0o755)
        unsafe system("cp -a \(gate.folder) \(parent)/bundle")
        #expect(try run(bundle: "\(parent)/bundle").code == "ok")
        for mode: mode_t in [0o775, 0o757] {
            unsafe chmod(parent, mode)
            expectRefusal(try run(bundle: "\(parent)/bundle"), hint: "chmod", "\(mode)")
            unsafe symlink("\(parent)/bundle", scratch("link"))
            expectRefusal(try run(bundle: scratch("link")), hint: "chmod", "a link to \(mode)")
        }
        // The sticky bit of /tmp keeps others from renaming a folder that they do not own.
        unsafe chmod(parent, 0o1777)
        #expect(try run(bundle: "\(parent)/bundle").code == "ok")
        unsafe symlink("\(parent)/bundle", "\(parent)/link")
        #expect(try run(bundle: "\(parent)/link").code == "ok")
        guard geteuid() == 0 else { return }
        unsafe lchown("\(parent)/link", Self.stranger, Self.stranger)
        expectRefusal(try run(bundle: "\(parent)/link"), hint: "chown", "another user's link")
        unsafe chmod(parent, 0o755)
        unsafe chown(parent, Self.stranger, Self.stranger)
        expectRefusal(try run(bundle: "\(parent)/bundle"), hint: "chown", "another user's parent")
    }

    @Test("gives no root and no state by the same ways")
    func rootAndState() throws {
        defer { gate.remove() }
        let open = scratch("open")
        unsafe mkdir(open, 0o700)
        unsafe system("cp \(gate.folder)/root.pem \(open)/root.pem")
        #expect(try run("--root \(open)/root.pem --state \(open)/state").code == "ok")
        unsafe chmod(open, 0o777)
        expectRefusal(try run("--root \(open)/root.pem"), hint: "chmod", "root")
        expectRefusal(try run("--state \(open)/state"), hint: "chmod", "state")
    }

    @Test("is not taken up by a running gate")
    func running() throws {
        defer { gate.remove() }
        let stream = try PipedProgram(
            "verify",
            ["--bundle", gate.folder, "--scene", "object-inspection", "--at", "\(VerifyGate.now)", "--stream"])
        func warnings() throws -> [String] {
            try stream.write(Array((gate.object() + "\n").utf8))
            let verdict = try JSONValue.parse(stream.readLine(), byteCountMax: 1 << 16)
            #expect(verdict["code"]?.string == "ok")
            return verdict["warnings"]?.array?.compactMap(\.string) ?? []
        }
        #expect(try !warnings().contains("update_refused"))
        unsafe chmod(gate.folder, 0o777)
        try gate.export(version: 6)
        var isSaid = false
        for _ in 0..<600 where !isSaid {
            usleep(50_000)
            isSaid = try warnings().contains("update_refused")
        }
        #expect(isSaid)
    }
}
