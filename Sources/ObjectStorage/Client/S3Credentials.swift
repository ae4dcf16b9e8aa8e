import Signing
package import Storage

/// The keys of an account of object storage; the secret one is wiped when it is no longer needed.
///
/// A class, so that no description and no mirror of a value that holds it shows the secret.
package final class S3Credentials: Sendable, CustomStringConvertible, CustomReflectable {
    /// The most bytes of a credentials file.
    package static let byteCountMax = 1024
    private static let keyByteCounts = 1...256

    /// The access key's identifier, which every request names.
    package let accessKey: String
    private let secretKey: [UInt8]

    /// Reads a file in the form that Amazon's tools use.
    ///
    /// - Parameter bytes: lines `aws_access_key_id = ID` and `aws_secret_access_key = SECRET`, and no other ones except
    ///   comments and the name of one section. The caller wipes its own copy.
    /// - Throws: `tiles_credentials`, with nothing of the file in it.
    package init(bytes: [UInt8]) throws(LogError) {
        var values: [String: ArraySlice<UInt8>] = [:]
        for line in bytes.split(separator: 0x0A).map(Self.trimmed) {
            guard let first = line.first, first != UInt8(ascii: "#"), first != UInt8(ascii: "[") else { continue }
            guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else { throw Self.unusable() }
            let name = String(decoding: Self.trimmed(line[..<equals]), as: UTF8.self)
            let value = Self.trimmed(line[line.index(after: equals)...])
            guard Self.names.contains(name), values.updateValue(value, forKey: name) == nil,
                Self.keyByteCounts.contains(value.count), value.allSatisfy({ (0x21...0x7E).contains($0) })
            else { throw Self.unusable() }
        }
        guard let access = values[Self.names[0]], let secret = values[Self.names[1]],
            access.allSatisfy({ $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ",") })
        else { throw Self.unusable() }
        accessKey = String(decoding: access, as: UTF8.self)
        // A copy of its own: the caller wipes the other one.
        secretKey = secret.map { $0 }
    }

    deinit {
        unsafe secretKey.withUnsafeBytes { buffer in
            unsafe SecretFile.wipe(UnsafeMutableRawBufferPointer(mutating: buffer))
        }
    }

    package var description: String { "credentials of \(accessKey)" }
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// The key that signs one day's requests (AWS Signature Version 4, "Calculate the signing key").
    ///
    /// - Parameters:
    ///   - day: eight digits, such as `20130524`.
    ///   - region: the region of the scope.
    ///   - service: the service of the scope, `s3`.
    /// - Returns: a secret: the caller wipes it.
    func signingKey(day: String, region: String, service: String) -> [UInt8] {
        var start = Array("AWS4".utf8) + secretKey
        defer { SecretFile.wipe(&start) }
        var key = HMAC.code(.sha256, key: start, message: Array(day.utf8))
        for part in [region, service, "aws4_request"] {
            let next = HMAC.code(.sha256, key: key, message: Array(part.utf8))
            SecretFile.wipe(&key)
            key = next
        }
        return key
    }

    private static let names = ["aws_access_key_id", "aws_secret_access_key"]

    private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 || byte == 0x0D }
        var line = line.drop(while: isBlank)
        while let last = line.last, isBlank(last) { line.removeLast() }
        return line
    }

    private static func unusable() -> LogError {
        LogError(
            code: .tilesCredentials, reason: "the credentials of the object storage cannot be read",
            hint: "write two lines into the file: aws_access_key_id = ID and aws_secret_access_key = SECRET")
    }
}
