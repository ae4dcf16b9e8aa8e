import Credential
import Encoding

/// The encodings that everything else is made of.
extension FuzzTarget {
    /// What is accepted as deterministic encodes to the same bytes again.
    static func runCBOR(_ bytes: [UInt8]) {
        if let item = try? CBORItem.decode(bytes[...], rules: .deterministic, byteCountMax: 4096, depthMax: 8) {
            precondition(item.encoded() == bytes)
        }
        _ = try? CBORItem.decode(bytes[...], rules: .lenient, byteCountMax: 1 << 16, depthMax: 16)
    }

    /// What decodes encodes to the same text.
    static func runBase45(_ bytes: [UInt8]) {
        if let decoded = try? Base45.decode(utf8: bytes[...]) {
            precondition(Array(Base45.encode(decoded).utf8) == bytes)
        }
    }

    /// A value written out is read back as itself.
    static func runJSON(_ bytes: [UInt8]) {
        guard let value = try? JSONValue.parse(bytes, byteCountMax: 1 << 16) else { return }
        let text = value.encoded()
        let again = try? JSONValue.parse(text.utf8, byteCountMax: 1 << 20)
        precondition(again == value && again?.encoded() == text)
    }
}
