import Compression
import Credential
import Encoding
import TestSupport
import Testing

@testable import ForeignCodes
@testable import Gate

@Suite("Health certificates of ten countries")
struct ForeignHealthVectorTests {
    private static let isPresent = ProjectFiles.exists(ProjectFiles.shared + "/vectors/dgc")

    @Test("agree at every stage they name, but where the list says otherwise", .enabled(if: isPresent))
    func stages() throws {
        let listed = try JSONValue.parse(
            try ProjectFiles.bytes(ProjectFiles.root + "/Tests/ForeignCodesTests/disagreements.json"),
            byteCountMax: 1 << 16)
        let reasons = (listed.array ?? []).compactMap { entry in
            entry["case"]?.string.flatMap { name in entry["stage"]?.string.map { "\(name) \($0)" } }
        }
        #expect((listed.array ?? []).allSatisfy { !($0["reason"]?.string ?? "").isEmpty })
        let vectors = try ForeignHealthVector.all()
        var agreeing = 0
        var accepted = 0
        var disagreeing: [String] = []
        for vector in vectors {
            let trust = try ForeignTrust(vector.certificate)
            let verdict = ForeignVerifier.verdict(vector.text, profile: .hcert, trust: trust, at: vector.clock)
            if verdict.isAccepted { accepted += 1 }
            for expectation in vector.expected {
                guard let stage = ForeignHealthVector.stages[expectation.key] else { continue }
                if (verdict.result(of: stage) == .ok) == expectation.result {
                    agreeing += 1
                } else {
                    disagreeing.append("\(vector.name) \(expectation.key)")
                }
            }
        }
        print(
            "health certificates: \(vectors.count) cases, \(agreeing) stages agree, \(disagreeing.count) disagree,"
                + " \(accepted) cases accepted whole")
        #expect(vectors.count >= 100)
        #expect(disagreeing.sorted() == reasons.sorted())
    }

    @Test(
        "are refused once any byte that the signature covers, or a byte of the signature, is flipped",
        .enabled(if: isPresent))
    func flips() throws {
        for name in ["SE/1.json", "ES/1001.json", "BG/5.json"] {
            let parts = name.split(separator: "/")
            let vector = try ForeignHealthVector(
                ProjectFiles.shared + "/vectors/dgc/\(parts[0])/2DCode/raw/\(parts[1])", name: name)
            let trust = try ForeignTrust(vector.certificate)
            let envelope = try Inflate.all(
                try Base45.decode(String(vector.text.dropFirst(4))), byteCountMax: ForeignToken.inflatedByteCountMax)
            func verdict(_ bytes: [UInt8]) throws -> ForeignVerdict {
                let text = "HC1:" + Base45.encode(try Deflate.all(bytes, search: .runs))
                return ForeignVerifier.verdict(text, profile: .hcert, trust: trust, at: vector.clock)
            }
            #expect(try verdict(envelope).result(of: .signature) == .ok)
            // No signature covers the unprotected header, so a flip there may change nothing.
            let unprotected = try SignedMessage(
                foreign: envelope[...], byteCountMax: ForeignToken.inflatedByteCountMax
            ).unprotectedHeader.indices
            for index in envelope.indices where !unprotected.contains(index) {
                var altered = envelope
                altered[index] ^= 1
                #expect(try verdict(altered).isAccepted == false, "\(name) byte \(index)")
            }
        }
    }

    @Test("say nothing of the holder", .enabled(if: isPresent))
    func silence() throws {
        for vector in try ForeignHealthVector.all() {
            let verdict = ForeignVerifier.verdict(
                vector.text, profile: .hcert, trust: try ForeignTrust(vector.certificate), at: vector.clock)
            let keys = Set((verdict.json.object?.members ?? []).map(\.key))
            #expect(
                keys.isSubset(of: [
                    "verdict", "code", "profile", "issuer", "entries", "expiresAt", "warnings", "stages", "reason",
                    "hint",
                ]))
        }
    }

    @Test("expire, and are unknown to another country's key", .enabled(if: isPresent))
    func refusals() throws {
        let vectors = try ForeignHealthVector.all()
        let one = try #require(vectors.first { $0.name == "SE/1.json" })
        let other = try #require(vectors.first { $0.name == "DE/1.json" })
        let late = ForeignVerifier.verdict(
            one.text, profile: .hcert, trust: try ForeignTrust(one.certificate), at: one.clock + 100_000_000)
        #expect(late.code == "expired")
        let stranger = ForeignVerifier.verdict(
            one.text, profile: .hcert, trust: try ForeignTrust(other.certificate), at: one.clock)
        #expect(stranger.code == "unknown_issuer")
        #expect(stranger.issuer == nil)
    }
}
