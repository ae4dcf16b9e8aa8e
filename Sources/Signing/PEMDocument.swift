import COpenSSL

/// One block of PEM (RFC 7468): a label and the DER inside.
struct PEMDocument {
    let label: String
    let der: [UInt8]

    /// Reads the first block in `bytes`; nil when there is none, or when its headers say that it is encrypted.
    init?(_ bytes: [UInt8]) {
        CryptoLibrary.prepare()
        guard let count = Int32(exactly: bytes.count) else { return nil }
        let document = unsafe bytes.withUnsafeBytes { buffer -> PEMDocument? in
            // No input reaches this: only a machine without memory does.
            guard let bio = unsafe BIO_new_mem_buf(buffer.baseAddress, count) else { return nil }
            defer { unsafe BIO_free(bio) }
            var name: UnsafeMutablePointer<CChar>?
            var header: UnsafeMutablePointer<CChar>?
            var data: UnsafeMutablePointer<UInt8>?
            var dataCount = 0
            defer {
                unsafe suishen_secure_free(name, 0)
                unsafe suishen_secure_free(header, 0)
                unsafe suishen_secure_free(data, dataCount)
            }
            guard unsafe suishen_pem_read(bio, &name, &header, &data, &dataCount) == 1,
                let name = unsafe name, let header = unsafe header, let data = unsafe data,
                unsafe header.pointee == 0
            else { return nil }
            let der = unsafe Array(UnsafeBufferPointer(start: data, count: dataCount))
            return unsafe PEMDocument(label: String(cString: name), der: der)
        }
        ERR_clear_error()
        guard let document else { return nil }
        self = document
    }

    init(label: String, der: [UInt8]) {
        self.label = label
        self.der = der
    }

    /// The block as text, 64 characters a line.
    func encoded() -> [UInt8] {
        // No input reaches this: only a machine without memory does.
        // The block may hold a private key, and this kind of BIO is cleared when it is freed.
        guard let bio = unsafe BIO_new(BIO_s_secmem()) else { preconditionFailure("no memory is left") }
        defer { unsafe BIO_free(bio) }
        var text: UnsafeMutablePointer<CChar>?
        let written = unsafe PEM_write_bio(bio, label, "", der, der.count)
        let count = unsafe suishen_bio_data(bio, &text)
        // No input reaches this: writing into memory fails for want of memory alone.
        guard written > 0, count > 0, let text = unsafe text else { preconditionFailure("no memory is left") }
        return unsafe Array(UnsafeRawBufferPointer(start: text, count: count))
    }
}
