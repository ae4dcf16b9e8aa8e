import Glibc

/// A running authority server, ended when the test lets go of it.
package final class MedicalAuthority {
    /// A code of somebody insured, and one of somebody whose insurance has been suspended.
    package static let code = "4240123456789012345678" + "31" + "0000"
    package static let suspendedCode = "4240123456789012345679" + "31" + "0000"
    /// A code whose status, as the authority has it, is a line of its own.
    package static let forgingCode = "4240123456789012345670" + "31" + "0000"
    /// Whom all codes are about.
    package static let insuredId = [UInt8](1...12)
    package let address: String
    private let process: pid_t
    private let folder: String

    package init(_ arguments: [String], onSocket: Bool = false) throws {
        var template = Array("/tmp/medical-authority.XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw MissingFile(path: "/tmp") }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let codes = folder + "/codes.json"
        let person = #""insuredId": "0102030405060708090a0b0c", "region": "310101""#
        let content =
            #"{"\#(Self.code)": {\#(person), "status": "active"}, "#
            + #""\#(Self.suspendedCode)": {\#(person), "status": "suspended"}, "#
            + #""\#(Self.forgingCode)": {\#(person), "status": "x\naccept ok"}}"#
        try Self.write(content, to: codes)
        let place = onSocket ? ["--socket", folder + "/s"] : ["--port", "0"]
        let words = ["python3", ProjectFiles.root + "/tools/medical-authority", "--codes", codes] + place + arguments
        var ends: [Int32] = [0, 0]
        guard unsafe pipe(&ends) == 0 else { throw MissingFile(path: "a pipe") }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        unsafe posix_spawn_file_actions_addclose(&actions, ends[0])
        unsafe posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var argv: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) } + [nil]
        defer { unsafe argv.forEach { unsafe free($0) } }
        var process = pid_t()
        let status = unsafe posix_spawnp(&process, "python3", &actions, nil, &argv, environ)
        close(ends[1])
        defer { close(ends[0]) }
        guard status == 0 else { throw MissingFile(path: "python3") }
        self.process = process
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while unsafe read(ends[0], &byte, 1) == 1, byte != 0x0A { line.append(byte) }
        address = String(String(decoding: line, as: UTF8.self).dropFirst("listening ".count))
    }

    deinit {
        kill(process, SIGKILL)
        var status: Int32 = 0
        unsafe waitpid(process, &status, 0)
        unsafe unlink(folder + "/codes.json")
        unsafe unlink(folder + "/s")
        unsafe rmdir(folder)
    }

    private static func write(_ text: String, to path: String) throws {
        guard let file = unsafe fopen(path, "w") else { throw MissingFile(path: path) }
        defer { unsafe fclose(file) }
        guard unsafe fputs(text, file) >= 0 else { throw MissingFile(path: path) }
    }
}
