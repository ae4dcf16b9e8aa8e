import Encoding
import Signing
import TestSupport
import Testing

/// The modules have a SHA-256 of their own; these tests compile its source for this machine.
@Suite("The SHA-256 of the modules of WebAssembly")
struct WalletDigestTests {
    /// Answers each line of stdin: hexadecimal digits by their digest; `start end value label` by the chain's value.
    private static let main = """
        func bytes(_ hex: Substring) -> [UInt8] {
            let digits = Array(hex.utf8).map { UInt8($0 < 0x3a ? $0 - 0x30 : $0 - 0x57) }
            return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
        }
        while let line = readLine() {
            let words = line.split(separator: " ")
            let answer: [UInt8]
            if words.count == 4, let start = UInt32(words[0]), let end = UInt32(words[1]) {
                answer = SHA256Walk.value(from: bytes(words[2]), at: start, to: end, label: bytes(words[3]))
            } else {
                answer = SHA256.digest(bytes(words.first ?? ""))
            }
            print(answer.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined())
        }

        """

    private static func answers(_ lines: [String]) throws -> [String] {
        let folder = try ScratchFolder()
        let main = try folder.write(Array(main.utf8), to: "main.swift")
        let sources = ["SHA256", "SHA256Walk"].map {
            "\(ProjectFiles.root)/Sources/PublicWeb/Wasm/Signing/\($0).swift"
        }
        let compiled = try Program(path: "/usr/bin/env").run(
            ["swiftc", "-O", "-swift-version", "6", "-package-name", "suishen", "-module-cache-path", folder("cache")]
                + sources + [main, "-o", folder("digest")])
        try #require(compiled.status == 0, "\(compiled.diagnostics)")
        let input = Array((lines.joined(separator: "\n") + "\n").utf8)
        let outcome = try Program(path: folder("digest")).run([], input: input)
        #expect(outcome.status == 0)
        return outcome.output.split(separator: "\n").map(String.init)
    }

    @Test("gives the published digests, and those of libcrypto and of the gates' chains")
    func digests() throws {
        // FIPS 180-4's examples (csrc.nist.gov, SHA256.pdf and SHA2_Additional.pdf), and RFC 6234 §8.5's tests 1, 2 and 4.
        let published: [(message: [UInt8], digest: String)] = [
            ([], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            (Array("abc".utf8), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8),
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            ([0xbd], "68325720aabd7c82f30f554b313d0570c95accbb7dc4b5aae11204c08ffe732b"),
            (
                [UInt8](repeating: 0, count: 55),
                "02779466cdec163811d078815c633f21901413081449002f24aa3e80f0b88ef7"
            ),
            (
                [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000),
                "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
            ),
        ]
        var generator = SeededGenerator(seed: 20)
        let messages = (0...300).map { byteCount in
            (0..<byteCount).map { _ in UInt8.random(in: 0...255, using: &generator) }
        }
        let label = Array("suishen chain v1".utf8)
        let value = (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let ends = [0, 1, 1_439, 2_879, 2_880]
        let lines =
            published.map { Hex.encode($0.message) } + messages.map { Hex.encode($0) }
            + ends.map { "2880 \($0) \(Hex.encode(value)) \(Hex.encode(label))" }
        let walked = ends.map { end in
            stride(from: 2_879, through: end, by: -1).reduce(value) { value, index in
                let number = [UInt8(0), 0, UInt8(index >> 8), UInt8(index & 0xff)]
                return Array(DigestAlgorithm.sha256.digest(label + number + value).prefix(16))
            }
        }
        let expected =
            published.map(\.digest) + messages.map { Hex.encode(DigestAlgorithm.sha256.digest($0)) }
            + walked.map { Hex.encode($0) }
        #expect(try Self.answers(lines) == expected)
    }
}
