import Encoding
import TraceLog

/// The stored form of an opening, sealed under a key of its own and bound to the opening's commitment.
enum SealedOpening {
    static func seal(_ opening: Opening, fields: FieldKeys) throws -> [UInt8] {
        var writer = CBORWriter()
        writer.array(count: 3)
        writer.byteString(opening.salt)
        writer.text(opening.name)
        writer.text(opening.value)
        return try fields.sealed(writer.bytes, at: opening.commitment.bytes)
    }

    /// Opens a stored opening.
    ///
    /// - Returns: nil once its epoch key is gone, as after an erasure.
    /// - Throws: `log_inconsistent` for bytes that were sealed under another key.
    static func open(_ stored: StoredOpening, fields: FieldKeys) throws -> Opening? {
        switch try fields.opened(stored.sealed, at: stored.commitment.bytes) {
        case .lost: return nil
        case nil: throw LogError.inconsistent("an opening was sealed under another key")
        case .plain(let plain):
            var reader = try CBORReader(plain, byteCountMax: 8192)
            guard try reader.readArrayHeader() == 3 else { throw LogError.inconsistent("an opening is malformed") }
            let salt = Array(try reader.readByteString())
            let name = try reader.readText()
            return try Opening(salt: salt, name: name, value: try reader.readText())
        }
    }
}
