internal import CZlib

/// Packs bytes as one zlib stream (RFC 1950), for status lists and for the makers of test codes.
package enum Deflate {
    /// Packs all of `input`.
    ///
    /// - Parameters:
    ///   - input: at most 1 GiB.
    ///   - level: zlib's level, 1 (fast) to 9 (small).
    /// - Returns: the whole stream.
    /// - Throws: `out_of_memory`.
    package static func all(_ input: [UInt8], level: Int32 = 9) throws(InflateError) -> [UInt8] {
        precondition(input.count <= 1 << 30, "zlib counts in 32 bits")
        var stream = unsafe z_stream()
        guard unsafe suishen_deflate_start(&stream, level) == Z_OK else { throw .outOfMemory }
        defer { unsafe deflateEnd(&stream) }
        let room = Int(unsafe deflateBound(&stream, UInt(input.count)))
        var output = [UInt8](repeating: 0, count: room)
        let status = unsafe input.withUnsafeBufferPointer { source in
            unsafe output.withUnsafeMutableBufferPointer { target in
                unsafe stream.next_in = unsafe UnsafeMutablePointer(mutating: source.baseAddress)
                unsafe stream.avail_in = UInt32(input.count)
                unsafe stream.next_out = target.baseAddress
                unsafe stream.avail_out = UInt32(room)
                return unsafe deflate(&stream, Z_FINISH)
            }
        }
        guard status == Z_STREAM_END else { throw .outOfMemory }
        output.removeLast(Int(unsafe stream.avail_out))
        return output
    }
}
