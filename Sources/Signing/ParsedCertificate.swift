import COpenSSL
import Glibc

/// Owns one `X509`; not copyable, so it is freed exactly once.
@safe package struct ParsedCertificate: ~Copyable {
    private let pointer: OpaquePointer

    /// Parses DER; nil when the bytes are not exactly one certificate.
    package init?(_ der: [UInt8]) {
        CryptoLibrary.prepare()
        let parsed = unsafe der.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var position = buffer.baseAddress
            guard let parsed = unsafe d2i_X509(nil, &position, buffer.count) else { return nil }
            guard unsafe position == buffer.baseAddress?.advanced(by: buffer.count) else {
                unsafe X509_free(parsed)
                return nil
            }
            return unsafe parsed
        }
        ERR_clear_error()
        guard let parsed = unsafe parsed else { return nil }
        unsafe pointer = parsed
    }

    deinit {
        unsafe X509_free(pointer)
    }

    package var notBefore: UInt64? { unsafe Self.seconds(X509_get0_notBefore(pointer)) }

    package var notAfter: UInt64? { unsafe Self.seconds(X509_get0_notAfter(pointer)) }

    /// The SubjectPublicKeyInfo in DER.
    var spki: [UInt8]? {
        unsafe Self.encoded { output in unsafe i2d_X509_PUBKEY(X509_get_X509_PUBKEY(pointer), output) }
    }

    /// Whether the key usage names signatures, or is absent (RFC 5280 §4.2.1.3).
    package var maySign: Bool {
        let usage = unsafe X509_get_key_usage(pointer)
        ERR_clear_error()
        return usage & UInt32(KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION) != 0
    }

    /// Dotted OIDs; empty when the extension is absent, nil when it is repeated or malformed.
    package var extendedKeyUsages: [String]? {
        var critical: Int32 = 0
        guard let usages = unsafe suishen_extended_key_usage(pointer, &critical) else {
            ERR_clear_error()
            return critical == -1 ? [] : nil
        }
        defer { unsafe suishen_extended_key_usage_free(usages) }
        return unsafe (0..<suishen_object_count(usages)).map { index in
            var text = [CChar](repeating: 0, count: 128)
            let count = unsafe OBJ_obj2txt(&text, Int32(text.count), suishen_object(usages, index), 1)
            let shown = text.prefix(max(0, min(Int(count), text.count - 1)))
            return String(decoding: shown.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> UInt64? {
        var parts = unsafe tm()
        guard unsafe ASN1_TIME_to_tm(time, &parts) == 1 else {
            ERR_clear_error()
            return nil
        }
        return unsafe UInt64(exactly: timegm(&parts))
    }

    private static func encoded(
        _ encode: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32
    ) -> [UInt8]? {
        var output: UnsafeMutablePointer<UInt8>?
        let count = unsafe encode(&output)
        defer { unsafe suishen_free(output) }
        guard count > 0, let output = unsafe output else {
            ERR_clear_error()
            return nil
        }
        return unsafe Array(UnsafeBufferPointer(start: output, count: Int(count)))
    }
}
