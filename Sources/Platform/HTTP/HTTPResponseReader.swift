/// Reads one HTTP/1.1 answer as its bytes arrive (RFC 9112); no other code reads answers from sockets.
///
/// It refuses two lengths, a length beside chunks, transfer codings other than `chunked`, and bytes after the end.
package struct HTTPResponseReader {
    /// The most bytes of a chunk's size and of all trailer fields.
    private static let sizeLineByteCountMax = 64

    private let bodyByteCountMax: Int
    private var unread: [UInt8] = []
    private var position = 0
    private var head: HTTPResponseHead?
    private var body: [UInt8] = []
    private var isAtTrailer = false

    /// - Parameter bodyByteCountMax: the most bytes of a body.
    package init(bodyByteCountMax: Int) {
        self.bodyByteCountMax = bodyByteCountMax
    }

    /// Takes the next bytes of the connection.
    package mutating func append(_ bytes: some Collection<UInt8>) {
        if position > 0 {
            unread.removeFirst(position)
            position = 0
        }
        unread.append(contentsOf: bytes)
    }

    /// Reads as much of the answer as has arrived.
    ///
    /// - Parameter isEnded: whether the connection has ended.
    /// - Returns: the answer, or nil while bytes are missing.
    /// - Throws: `malformed_response` or `too_large`.
    package mutating func response(isEnded: Bool = false) throws(HTTPExchangeError) -> HTTPResponse? {
        if head == nil { try readHead() }
        guard let head else { return nil }
        let isComplete =
            switch head.framing {
            case .length(let count): try readCounted(count)
            case .chunked: try readChunks()
            case .untilEnd: try readRest(isEnded: isEnded)
            }
        guard isComplete else { return nil }
        guard position == unread.count else { throw .malformed("bytes follow its end") }
        return HTTPResponse(head, body: body)
    }

    private mutating func readHead() throws(HTTPExchangeError) {
        guard let end = endOfHead() else {
            guard unread.count <= HTTPExchange.headByteCountMax else { throw .malformed("its head has no end") }
            return
        }
        guard end <= HTTPExchange.headByteCountMax else { throw .malformed("its head is too long") }
        head = try HTTPResponseHead(unread[..<(end - 4)])
        position = end
    }

    private func endOfHead() -> Int? {
        guard unread.count >= 4 else { return nil }
        let last = min(unread.count, HTTPExchange.headByteCountMax + 4) - 4
        for index in 0...last where unread[index] == 0x0D {
            if unread[index...].starts(with: [0x0D, 0x0A, 0x0D, 0x0A]) { return index + 4 }
        }
        return nil
    }

    private mutating func readCounted(_ count: Int) throws(HTTPExchangeError) -> Bool {
        guard count <= bodyByteCountMax else { throw .bodyTooLarge(bodyByteCountMax) }
        guard unread.count - position >= count else { return false }
        take(count)
        return true
    }

    private mutating func readRest(isEnded: Bool) throws(HTTPExchangeError) -> Bool {
        guard unread.count - position <= bodyByteCountMax - body.count else { throw .bodyTooLarge(bodyByteCountMax) }
        take(unread.count - position)
        return isEnded
    }

    /// Takes every whole chunk (RFC 9112 §7.1), then the trailer fields, which are not used.
    private mutating func readChunks() throws(HTTPExchangeError) -> Bool {
        while !isAtTrailer {
            guard let line = try nextLine(byteCountMax: Self.sizeLineByteCountMax) else { return false }
            let digits = line.bytes.prefix { $0 != 0x3B }
            guard (1...8).contains(digits.count), digits.allSatisfy(Self.isHexDigit),
                let count = Int(String(decoding: digits, as: UTF8.self), radix: 16)
            else { throw .malformed("a chunk's size is not a number") }
            guard count <= bodyByteCountMax - body.count else { throw .bodyTooLarge(bodyByteCountMax) }
            guard count > 0 else {
                position = line.end
                isAtTrailer = true
                break
            }
            guard unread.count - line.end >= count + 2 else { return false }
            position = line.end
            take(count)
            guard unread[position] == 0x0D, unread[position + 1] == 0x0A else {
                throw .malformed("a chunk does not end at its stated size")
            }
            position += 2
        }
        while let line = try nextLine(byteCountMax: HTTPExchange.headByteCountMax) {
            position = line.end
            if line.bytes.isEmpty { return true }
        }
        return false
    }

    /// The next line without its CRLF, and the start of the line after it; nil while the line's end is missing.
    private func nextLine(
        byteCountMax: Int
    ) throws(HTTPExchangeError) -> (bytes: ArraySlice<UInt8>, end: Int)? {
        let window = unread[position...].prefix(byteCountMax + 2)
        guard let end = window.firstIndex(of: 0x0A) else {
            guard window.count <= byteCountMax else { throw .malformed("a line of its body has no end") }
            return nil
        }
        guard end > position, unread[end - 1] == 0x0D else { throw .malformed("a line of its body ends without CR") }
        return (unread[position..<(end - 1)], end + 1)
    }

    private mutating func take(_ count: Int) {
        body.append(contentsOf: unread[position..<(position + count)])
        position += count
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte & 0xDF)
    }
}
