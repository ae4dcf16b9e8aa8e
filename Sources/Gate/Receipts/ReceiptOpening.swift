import Credential
import Encoding
import Signing
package import TraceLog

/// The content that a receipt's leaf commits to: one accepted showing of a person's code.
///
/// It tells who passed where. So it is sealed to the issuer's settlement key before it touches a disk.
package struct ReceiptOpening: Sendable, Equatable {
    package static let randomByteCount = 16
    static let sceneByteCountMax = ReplayStore.sceneNameByteCount
    /// The most bytes of an encoded opening: a code, a scene's name, and the rest.
    package static let byteCountMax = SignedMessage.byteCountMax + sceneByteCountMax + 64
    private static let label = Array("suishen receipt v1".utf8)

    let random: [UInt8]
    package let scene: String
    /// The credential with its presentation: the COSE_Sign1 in the scanned text.
    package let code: [UInt8]
    /// The time of the acceptance, in seconds since 1970-01-01T00:00:00Z.
    package let time: UInt64

    /// Takes the parts; nil where one has a wrong length.
    package init?(random: [UInt8], scene: String, code: [UInt8], time: UInt64) {
        guard random.count == Self.randomByteCount, (1...Self.sceneByteCountMax).contains(scene.utf8.count),
            (1...SignedMessage.byteCountMax).contains(code.count)
        else { return nil }
        (self.random, self.scene, self.code, self.time) = (random, scene, code, time)
    }

    /// Reads an encoded opening; nil for any other bytes.
    package init?(_ bytes: [UInt8]) {
        guard var reader = try? CBORReader(bytes, byteCountMax: Self.byteCountMax),
            (try? reader.readArrayHeader()) == 4, let random = try? reader.readByteString(),
            let scene = try? reader.readText(), let code = try? reader.readByteString(),
            let time = try? reader.readUnsigned(), (try? reader.finish()) != nil
        else { return nil }
        self.init(random: Array(random), scene: scene, code: Array(code), time: time)
    }

    /// The deterministic CBOR array `[random, scene, code, time]`, whose heads bear each field's length.
    package func encoded() -> [UInt8] {
        var writer = CBORWriter(capacity: code.count + Self.sceneByteCountMax + 64)
        writer.array(count: 4)
        writer.byteString(random)
        writer.text(scene)
        writer.byteString(code)
        writer.unsigned(time)
        return writer.bytes
    }

    /// The leaf of an encoded opening: SHA-256(`suishen receipt v1` ‖ opening).
    package static func leaf(of encoded: [UInt8]) -> MerkleHash {
        var hasher = Hasher(.sha256)
        hasher.update(label)
        hasher.update(encoded)
        return MerkleHash(hasher.finalize().span, at: 0)
    }
}
