import Encoding
import Signing
import TraceLog

/// The stored form of an opening: AES-CCM under the registry's own key, bound to the opening's commitment.
enum SealedOpening {
    private static let nonceByteCount = 12

    static func seal(_ opening: Opening, key: [UInt8]) throws -> [UInt8] {
        var writer = CBORWriter()
        writer.array(count: 3)
        writer.byteString(opening.salt)
        writer.text(opening.name)
        writer.text(opening.value)
        let commitment = opening.commitment.bytes
        // A commitment depends on 16 random bytes of salt, so its bytes never repeat as a nonce.
        return try AuthenticatedCipher.seal(
            writer.bytes, key: key, nonce: Array(commitment.prefix(nonceByteCount)), additionalData: commitment)
    }

    static func open(_ stored: StoredOpening, key: [UInt8]) throws -> Opening {
        let commitment = stored.commitment.bytes
        let nonce = Array(commitment.prefix(nonceByteCount))
        guard
            let plain = try AuthenticatedCipher.open(
                stored.sealed, key: key, nonce: nonce, additionalData: commitment)
        else { throw LogError.inconsistent("an opening was sealed under another key") }
        var reader = try CBORReader(plain, byteCountMax: 8192)
        guard try reader.readArrayHeader() == 3 else { throw LogError.inconsistent("an opening is malformed") }
        let salt = Array(try reader.readByteString())
        let name = try reader.readText()
        return try Opening(salt: salt, name: name, value: try reader.readText())
    }
}
