import Encoding
import Foundation
import Glibc
import IssuerInterface
import IssuerTestSupport
import Issuing
import TestSupport
import Testing

/// Reads a running daemon's memory, which takes root.
@Suite("The memory of a daemon", .enabled(if: geteuid() == 0))
struct DaemonMemoryTests {
    /// One writable mapping of a process, with what it holds.
    private struct Mapping {
        let name: String
        /// Whether the kernel keeps it out of the swap device.
        let isLocked: Bool
        let bytes: [UInt8]
    }

    private func mappings(of process: pid_t) throws -> [Mapping] {
        let text = String(decoding: try ProjectFiles.bytes("/proc/\(process)/smaps"), as: UTF8.self)
        let memory = unsafe open("/proc/\(process)/mem", O_RDONLY | O_CLOEXEC)
        try #require(memory >= 0)
        defer { close(memory) }
        var found: [Mapping] = []
        var head: (name: String, range: ClosedRange<UInt64>)?
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if words[0].hasSuffix(":") {
                guard words[0] == "VmFlags:", let mapping = head else { continue }
                head = nil
                let count = Int(mapping.range.upperBound - mapping.range.lowerBound)
                var bytes = [UInt8](repeating: 0, count: count)
                var filled = 0
                while filled < count {
                    let got = unsafe bytes.withUnsafeMutableBytes { buffer in
                        unsafe pread(
                            memory, buffer.baseAddress?.advanced(by: filled), min(count - filled, 1 << 20),
                            off_t(mapping.range.lowerBound) + off_t(filled))
                    }
                    guard got > 0 else { break }
                    filled += got
                }
                found.append(
                    Mapping(name: mapping.name, isLocked: words.contains("lo"), bytes: Array(bytes.prefix(filled))))
            } else {
                let ends = words[0].split(separator: "-").compactMap { UInt64($0, radix: 16) }
                guard ends.count == 2, words[1].hasPrefix("rw"), ends[1] - ends[0] < 1 << 30 else { continue }
                head = (words.count > 5 ? String(words[5]) : "", ends[0]...ends[1])
            }
        }
        return found
    }

    /// Where some bytes are.
    private func places(of wanted: [UInt8], in mappings: [Mapping]) -> [String] {
        mappings.flatMap { mapping -> [String] in
            let count = unsafe mapping.bytes.withUnsafeBytes { bytes -> Int in
                var (count, place) = (0, 0)
                while place + wanted.count <= bytes.count, let start = unsafe bytes.baseAddress?.advanced(by: place) {
                    let room = bytes.count - wanted.count - place + 1
                    guard let found = unsafe memchr(start, Int32(wanted[0]), room) else { break }
                    if unsafe memcmp(found, wanted, wanted.count) == 0 { count += 1 }
                    place += unsafe UnsafeRawPointer(found) - start + 1
                }
                return count
            }
            return Array(repeating: "\(mapping.name)\(mapping.isLocked ? " locked" : "")", count: count)
        }
    }

    /// The 32 secret bytes at the end of an Ed25519 key's PKCS#8 (RFC 8410 §7), and a part of its text in the file.
    private func secrets(of file: [UInt8]) throws -> (seed: [UInt8], text: [UInt8]) {
        let lines = String(decoding: file, as: UTF8.self).split(separator: "\n")
        let seed = try Base64.decode(String(lines[1])).suffix(32)
        return (Array(seed), Array(lines[1].utf8.suffix(40)))
    }

    @Test(
        "has no text of a key file after the start, and its private keys in locked memory alone",
        arguments: [false, true])
    func keyFiles(isWrapped: Bool) throws {
        let installation = try Installation()
        let state = installation.state
        let names = ["issuer.pem", "status.pem", "bundle.pem", "checkpoint.pem"]
        let keys = try names.map { try secrets(of: ProjectFiles.bytes(state.key($0))) }
        var rawNames = ["settlement.key", "medical.key", "transit.key", "registry.key", "digest.key"]
        var rawKeys = try rawNames.map { try ProjectFiles.bytes(state.key($0)) }
        // The secret is the end of an epoch key's file.
        let epochs = state.path + ".epochs"
        for name in try FileManager.default.contentsOfDirectory(atPath: epochs) {
            rawNames.append(name)
            rawKeys.append(Array(try ProjectFiles.bytes("\(epochs)/\(name)").suffix(32)))
        }
        let passphrase = Array("a passphrase that must not stay".utf8)
        if isWrapped {
            try installation.folder.write(passphrase, to: "passphrase", mode: 0o400)
            let settings = try Settings(
                text: Settings().text.replacing(
                    "keyPassphrase: none", with: "keyPassphrase: \"file:\(installation.folder("passphrase"))\""))
            try installation.write(settings)
            let outcome = try HTTPDaemon.run([
                "\(HTTPDaemon.binaries)/suishen", "key", "wrap", "--all", "--state", state.path,
            ])
            try #require(outcome.status == 0, "\(outcome)")
        }
        let planted = "planted-\(UInt64.random(in: 0...UInt64.max))"
        let daemon = try HTTPDaemon(installation, prefix: ["env", "PLANTED=\(planted)"])
        let client = try IssuerClient(path: daemon.socket)
        let object = try client.registerBridge()
        _ = try client.ask(.issue, ["subject": .string(object)])
        _ = try client.ask(.exportBundle, [:])
        let memory = try mappings(of: daemon.process)
        // The search finds what is there.
        #expect(!places(of: Array(planted.utf8), in: memory).isEmpty)
        #expect(!places(of: Array(object.utf8), in: memory).isEmpty)
        for (name, key) in zip(names, keys) {
            #expect(places(of: key.text, in: memory) == [], "\(name)")
            let seeds = places(of: key.seed, in: memory)
            #expect(seeds.allSatisfy { $0.hasSuffix(" locked") }, "\(name): \(seeds)")
        }
        #expect(!places(of: keys[0].seed, in: memory).isEmpty)
        for (name, key) in zip(rawNames, rawKeys) {
            let found = places(of: key, in: memory)
            #expect(!found.isEmpty && found.allSatisfy { $0.hasSuffix(" locked") }, "\(name): \(found)")
        }
        if isWrapped { #expect(places(of: passphrase, in: memory) == []) }
        #expect(daemon.end(SIGTERM) == 0)
    }
}
