internal import CZlib

/// Compresses bytes to one zlib stream (RFC 1950), for status lists and test codes, or to a gzip file, for HTTP.
package enum Deflate {
    /// How the compressor searches for repetitions.
    package enum Search: Sendable {
        /// Searches the last 32 KiB: the smallest result, but slow for data with many short repetitions.
        case everywhere
        /// Searches for runs of one byte only; more than a hundred times as fast.
        case runs
    }

    /// Compresses all of `input`.
    ///
    /// - Parameters:
    ///   - input: at most 1 GiB.
    ///   - search: how to search for repetitions.
    /// - Returns: the whole stream.
    /// - Throws: `out_of_memory`.
    package static func all(_ input: [UInt8], search: Search = .everywhere) throws(InflateError) -> [UInt8] {
        try compress(input, search: search, windowBits: 15)
    }

    /// Compresses all of `input` to one gzip member (RFC 1952), without a name or a time.
    ///
    /// - Parameter input: at most 1 GiB.
    /// - Returns: the same bytes for the same input and version of zlib.
    /// - Throws: `out_of_memory`.
    package static func gzip(_ input: [UInt8]) throws(InflateError) -> [UInt8] {
        try compress(input, search: .everywhere, windowBits: 31)
    }

    private static func compress(
        _ input: [UInt8], search: Search, windowBits: Int32
    ) throws(InflateError) -> [UInt8] {
        // No input reaches this: status lists and published files are far shorter, and nothing else is compressed.
        precondition(input.count <= 1 << 30, "zlib counts in 32 bits")
        var stream = unsafe z_stream()
        let level = Z_BEST_COMPRESSION
        let started = unsafe suishen_deflate_start(&stream, level, windowBits, search.strategy)
        guard started == Z_OK else { throw .outOfMemory }
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

extension Deflate.Search {
    fileprivate var strategy: Int32 {
        switch self {
        case .everywhere: Z_DEFAULT_STRATEGY
        case .runs: Z_RLE
        }
    }
}
