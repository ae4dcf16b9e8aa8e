package import Credential
import Encoding

/// The file of a gate's epoch keys, beside its bundle: `epoch-keys.cbor`, mode 0400.
///
/// An array of `[issuer, domain, day, 32 bytes]`.
package struct EpochKeyFile: Sendable, Equatable {
    /// The file's name in the bundle's folder.
    package static let name = "epoch-keys.cbor"
    package static let byteCountMax = 64 << 10

    /// One key with its issuer, domain and day.
    package struct Entry: Sendable, Equatable {
        package let issuer: String
        package let domain: SealDomain
        /// Days since 1970-01-01 (UTC).
        package let day: UInt64
        package let key: EpochKey

        package init(issuer: String, domain: SealDomain, day: UInt64, key: EpochKey) {
            self.issuer = issuer
            self.domain = domain
            self.day = day
            self.key = key
        }
    }

    package let entries: [Entry]

    package init(entries: [Entry]) {
        self.entries = entries
    }

    /// Reads the bytes of ``encoded()``.
    package init(_ bytes: [UInt8]) throws(BundleError) {
        do {
            var reader = try CBORReader(bytes, byteCountMax: Self.byteCountMax)
            var entries: [Entry] = []
            for _ in 0..<(try reader.readArrayHeader()) {
                guard try reader.readArrayHeader() == 4 else { throw CBORError(code: .unexpectedType, reason: "a key") }
                let issuer = try reader.readText()
                let domain = SealDomain(rawValue: try reader.readText())
                let day = try reader.readUnsigned()
                guard let domain, let key = EpochKey(bytes: Array(try reader.readByteString())) else {
                    throw CBORError(code: .unexpectedType, reason: "a key")
                }
                entries.append(Entry(issuer: issuer, domain: domain, day: day, key: key))
            }
            try reader.finish()
            self.entries = entries
        } catch {
            throw .malformed("\(Self.name) cannot be read")
        }
    }

    /// The file's bytes; secret.
    package func encoded() -> [UInt8] {
        var writer = CBORWriter(capacity: entries.count * 64)
        writer.array(count: entries.count)
        for entry in entries {
            writer.array(count: 4)
            writer.text(entry.issuer)
            writer.text(entry.domain.rawValue)
            writer.unsigned(entry.day)
            writer.byteString(entry.key.bytes)
        }
        return writer.bytes
    }

    func key(issuer: String, domain: SealDomain, day: UInt64) -> EpochKey? {
        entries.first { $0.issuer == issuer && $0.domain == domain && $0.day == day }?.key
    }
}
