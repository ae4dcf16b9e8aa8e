internal import CZlib

/// Unpacks zlib data (RFC 1950) in pieces, and stops at a limit before it fills the memory.
///
/// One stream, freed once; feed it with `append` until `isFinished`, or use `Inflate.all` for a whole input.
@safe package struct Inflate: ~Copyable {
    /// The most bytes that are unpacked at a time.
    package static let pieceByteCount = 64 << 10

    /// Whether the stream's end and its checksum were read.
    package private(set) var isFinished = false
    /// The number of bytes unpacked so far.
    package private(set) var producedByteCount = 0

    private let byteCountMax: Int
    // zlib keeps a pointer back to its stream and refuses one that has moved, so the stream lives on the heap.
    private let stream: UnsafeMutablePointer<z_stream>
    private var piece: [UInt8]

    /// Starts a stream.
    ///
    /// - Parameter byteCountMax: the most bytes that the stream may unpack to.
    /// - Throws: `out_of_memory`.
    package init(byteCountMax: Int) throws(InflateError) {
        self.byteCountMax = byteCountMax
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        guard unsafe suishen_inflate_start(stream) == Z_OK else {
            unsafe stream.deallocate()
            throw .outOfMemory
        }
        unsafe self.stream = stream
        piece = [UInt8](repeating: 0, count: min(Inflate.pieceByteCount, max(byteCountMax, 0) + 1))
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Unpacks `input` and passes every unpacked piece to `consume`.
    ///
    /// - Parameters:
    ///   - input: the next bytes of the compressed stream.
    ///   - consume: takes each piece, in order, at most `pieceByteCount` bytes long.
    /// - Returns: the number of used bytes of `input`: fewer than all only if the stream ended within it.
    /// - Throws: `corrupt`, or `too_large` before a byte over the limit is passed on.
    package mutating func append(
        _ input: ArraySlice<UInt8>, consume: (ArraySlice<UInt8>) throws(InflateError) -> Void
    ) throws(InflateError) -> Int {
        var used = 0
        while used < input.count && !isFinished {
            let step = try advance(input[(input.startIndex + used)...])
            used += step.used
            guard producedByteCount + step.produced <= byteCountMax else { throw .tooLarge(byteCountMax) }
            producedByteCount += step.produced
            if step.produced > 0 { try consume(piece[..<step.produced]) }
            // zlib has input and room for output; if it uses neither, the data is corrupt.
            guard step.used > 0 || step.produced > 0 || isFinished else { throw .corrupt }
        }
        return used
    }

    private mutating func advance(_ input: ArraySlice<UInt8>) throws(InflateError) -> (used: Int, produced: Int) {
        // zlib counts in 32 bits.
        let offered = min(input.count, 1 << 30)
        let room = piece.count
        let status = unsafe input.withUnsafeBufferPointer { source in
            unsafe piece.withUnsafeMutableBufferPointer { target in
                unsafe stream.pointee.next_in = unsafe UnsafeMutablePointer(mutating: source.baseAddress)
                unsafe stream.pointee.avail_in = UInt32(offered)
                unsafe stream.pointee.next_out = target.baseAddress
                unsafe stream.pointee.avail_out = UInt32(room)
                return unsafe inflate(stream, Z_NO_FLUSH)
            }
        }
        let used = offered - Int(unsafe stream.pointee.avail_in)
        let produced = room - Int(unsafe stream.pointee.avail_out)
        switch status {
        case Z_OK, Z_BUF_ERROR: return (used, produced)
        case Z_STREAM_END:
            isFinished = true
            return (used, produced)
        case Z_MEM_ERROR: throw .outOfMemory
        default: throw .corrupt
        }
    }

    /// Unpacks a whole zlib stream.
    ///
    /// - Parameters:
    ///   - input: the whole stream, with nothing after it.
    ///   - byteCountMax: the most bytes that the stream may unpack to.
    /// - Returns: the unpacked bytes.
    /// - Throws: `corrupt`, `truncated`, `trailing_bytes`, or `too_large` as soon as the limit is exceeded.
    package static func all(_ input: [UInt8], byteCountMax: Int) throws(InflateError) -> [UInt8] {
        var stream = try Inflate(byteCountMax: byteCountMax)
        var output: [UInt8] = []
        let used = try stream.append(input[...]) { (piece) throws(InflateError) in output.append(contentsOf: piece) }
        guard stream.isFinished else { throw .truncated }
        guard used == input.count else { throw .trailingBytes(input.count - used) }
        return output
    }
}
