import Glibc
import Signing
import Testing

@Suite("A key file")
struct KeyFileTests {
    private let folder = "/tmp/signing-tests-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"

    private func inFolder(_ body: (String) throws -> Void) throws {
        try #require(unsafe mkdir(folder, 0o700) == 0)
        defer {
            for name in ["key.pem", "wide.pem", "large.pem"] { unsafe unlink("\(folder)/\(name)") }
            unsafe rmdir(folder)
        }
        try body(folder)
    }

    @Test("is made with mode 0400, read again, and never written over", arguments: SignatureTests.algorithms)
    func made(algorithm: SignatureAlgorithm) throws {
        try inFolder { folder in
            let path = "\(folder)/key.pem"
            let key = try SigningKey.generate(algorithm)
            try key.write(to: path)
            var status = stat()
            #expect(unsafe stat(path, &status) == 0)
            #expect(status.st_mode & 0o7777 == 0o400)
            #expect(try SigningKey(contentsOf: path).verificationKey == key.verificationKey)
            let other = try SigningKey.generate(algorithm)
            #expect(code { try other.write(to: path) } == .keyExists)
            #expect(try SigningKey(contentsOf: path).verificationKey == key.verificationKey)
        }
    }

    @Test("that others can reach is refused", arguments: [0o440, 0o404, 0o644, 0o420, 0o401] as [mode_t])
    func wide(mode: mode_t) throws {
        try inFolder { folder in
            let path = "\(folder)/wide.pem"
            try SigningKey.generate(.ed25519).write(to: path)
            #expect(unsafe chmod(path, mode) == 0)
            #expect(code { _ = try SigningKey(contentsOf: path) } == .keyPermissions)
        }
    }

    @Test("that is absent, a folder, too large or no key is refused; a wrong place to write to as well")
    func refused() throws {
        try inFolder { folder in
            #expect(code { _ = try SigningKey(contentsOf: "\(folder)/absent.pem") } == .keyUnreadable)
            #expect(code { _ = try SigningKey(contentsOf: folder) } == .keyUnreadable)
            let path = "\(folder)/large.pem"
            try SecretFile.create([UInt8](repeating: 1, count: 100), at: path)
            #expect(code { _ = try SecretFile.read(path, byteCountMax: 99) } == .keyTooLarge)
            #expect(try SecretFile.read(path, byteCountMax: 100).count == 100)
            #expect(code { _ = try SigningKey(contentsOf: path) } == .keyMalformed)
            let nowhere = "\(folder)/no/such.pem"
            #expect(code { try SigningKey.generate(.ed25519).write(to: nowhere) } == .keyUnwritable)
        }
    }
}
