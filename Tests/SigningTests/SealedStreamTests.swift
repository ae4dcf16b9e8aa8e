import Signing
import TestSupport
import Testing

@Suite("A sealed stream")
struct SealedStreamTests {
    private static func sealed(_ content: [UInt8], to key: ReceivingPublicKey) throws -> [UInt8] {
        let writer = try SealedStreamWriter(to: key, random: SystemRandom())
        var file = writer.header
        // Pieces that end anywhere.
        var start = 0
        while start < content.count {
            let end = min(content.count, start + 40_001)
            try writer.append(content[start..<end]) { (chunk: [UInt8]) throws(SigningError) in file += chunk }
            start = end
        }
        return try file + writer.finish()
    }

    private static func opened(_ file: [UInt8], by key: ReceivingKey) -> [UInt8]? {
        guard let reader = SealedStreamReader(file, fileByteCount: UInt64(file.count), openedBy: key) else {
            return nil
        }
        var content: [UInt8] = []
        for number in 0..<reader.chunkCount {
            let range = reader.range(of: number)
            guard let chunk = reader.opened(Array(file[Int(range.lowerBound)..<Int(range.upperBound)]), number: number)
            else { return nil }
            content += chunk
        }
        return content.count == Int(reader.contentByteCount) ? content : nil
    }

    @Test("gives back contents of every length around a chunk's end, to its key alone", arguments: Suite.allCases)
    func lengths(suite: Suite) throws {
        let (key, other) = (try ReceivingKey.generate(for: suite), try ReceivingKey.generate(for: suite))
        let chunk = SealedStream.chunkByteCount
        for count in [0, 1, chunk - 1, chunk, chunk + 1, 2 * chunk, 3 * chunk + 7] {
            let content = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 31 >> 3) }
            let file = try Self.sealed(content, to: key.publicKey)
            #expect(Self.opened(file, by: key) == content, "\(count)")
            #expect(Self.opened(file, by: other) == nil, "\(count)")
        }
    }

    @Test("is refused with any byte changed and with any byte cut off its end")
    func altered() throws {
        let key = try ReceivingKey.generate(for: .ed25519)
        let file = try Self.sealed(Array("a short content".utf8), to: key.publicKey)
        for index in file.indices {
            var altered = file
            altered[index] ^= 1
            #expect(Self.opened(altered, by: key) == nil, "\(index)")
            #expect(Self.opened(Array(file[..<index]), by: key) == nil, "\(index)")
        }
        #expect(Self.opened(file + [0], by: key) == nil)
    }

    @Test("is refused with chunks cut off, left out, swapped, repeated, or of another stream")
    func chunks() throws {
        let key = try ReceivingKey.generate(for: .ed25519)
        let content = (0..<3 * SealedStream.chunkByteCount + 100).map { UInt8(truncatingIfNeeded: $0 >> 8) }
        let file = try Self.sealed(content, to: key.publicKey)
        let other = try Self.sealed(content, to: key.publicKey)
        let reader = try #require(SealedStreamReader(file, fileByteCount: UInt64(file.count), openedBy: key))
        let header = Array(file[..<reader.headerByteCount])
        func chunks(_ file: [UInt8]) -> [[UInt8]] {
            (0..<reader.chunkCount).map { number in
                let range = reader.range(of: number)
                return Array(file[Int(range.lowerBound)..<Int(range.upperBound)])
            }
        }
        let own = chunks(file)
        #expect(own.count == 4 && Self.opened(header + own.joined(), by: key) == content)
        for count in own.indices { #expect(Self.opened(header + own[..<count].joined(), by: key) == nil) }
        for places in [[1, 0, 2, 3], [0, 2, 3], [0, 1, 1, 2, 3], [0, 1, 2, 2], [3], [0, 1, 2, 3, 3]] {
            #expect(Self.opened(header + places.flatMap { own[$0] }, by: key) == nil, "\(places)")
        }
        for place in own.indices {
            var mixed = own
            mixed[place] = chunks(other)[place]
            #expect(Self.opened(header + mixed.joined(), by: key) == nil, "\(place)")
        }
    }
}

@Suite("A receiving key's file with a passphrase")
struct LockedReceivingKeyTests {
    @Test("opens by its passphrase alone, and a file without one as before", arguments: Suite.allCases)
    func locked(suite: Suite) throws {
        let scratch = try ScratchFolder()
        let key = try ReceivingKey.generate(for: suite)
        let passphrase = Array("correct horse".utf8)
        try LockedReceivingKey.write(key, to: scratch("locked"), passphrase: passphrase, random: SystemRandom())
        try LockedReceivingKey.write(key, to: scratch("plain"), passphrase: nil, random: SystemRandom())
        #expect(
            try LockedReceivingKey.read(scratch("locked"), passphrase: passphrase).publicKey == key.publicKey)
        #expect(try LockedReceivingKey.read(scratch("plain"), passphrase: passphrase).publicKey == key.publicKey)
        for wrong in [nil, Array("correct hors".utf8), []] as [[UInt8]?] {
            let refusal = #expect(throws: SigningError.self) {
                try LockedReceivingKey.read(scratch("locked"), passphrase: wrong)
            }
            #expect(refusal?.code == .keyEncrypted)
        }
        guard suite == .ed25519 else { return }
        let bytes = try ProjectFiles.bytes(scratch("locked"))
        // Each try takes Argon2id's time, so a byte of each part is changed.
        for index in [0, 32, 48, 52, 56, 70, bytes.count - 1] {
            var altered = bytes
            altered[index] ^= 1
            try scratch.write(altered, to: "altered", mode: 0o400)
            #expect(throws: SigningError.self, "\(index)") {
                try LockedReceivingKey.read(scratch("altered"), passphrase: passphrase)
            }
            _ = try? scratch.write([], to: "altered", mode: 0o600)
        }
    }

    @Test("stands beside a public half that comes back from its file")
    func publicHalf() throws {
        let scratch = try ScratchFolder()
        for suite in Suite.allCases {
            let key = try ReceivingKey.generate(for: suite).publicKey
            try scratch.write(key.pem, to: "\(suite).pem")
            #expect(try ReceivingPublicKey(contentsOf: scratch("\(suite).pem")) == key)
        }
        try scratch.write(Array("nothing".utf8), to: "nothing")
        #expect(throws: SigningError.self) { try ReceivingPublicKey(contentsOf: scratch("nothing")) }
        #expect(throws: SigningError.self) { try ReceivingPublicKey(contentsOf: scratch("missing")) }
    }
}
