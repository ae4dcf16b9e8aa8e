import Issuing

/// Reads one HTTP/1.1 response, its body counted or in chunks (RFC 9112 §6, §7.1).
struct HTTPResponseReader {
    struct Response: Sendable {
        let status: Int
        let body: [UInt8]
    }

    private static let headByteCountMax = 16 << 10

    private let byteCountMax: Int
    private var unread: [UInt8] = []
    private var position = 0
    private var head: (status: Int, length: Int?)?
    private var body: [UInt8] = []

    init(byteCountMax: Int) {
        self.byteCountMax = byteCountMax
    }

    mutating func append(_ bytes: [UInt8]) {
        if position > 0 {
            unread.removeFirst(position)
            position = 0
        }
        unread.append(contentsOf: bytes)
    }

    /// The response, once all of it is there; nil before.
    mutating func response() throws(OperationError) -> Response? {
        if head == nil { try readHead() }
        guard let head else { return nil }
        if let length = head.length {
            guard unread.count - position >= length else { return nil }
            return Response(status: head.status, body: Array(unread[position..<(position + length)]))
        }
        while let line = nextLine(at: position) {
            guard let count = Int(line.text.prefix { $0 != ";" }, radix: 16), count >= 0,
                count <= byteCountMax - body.count
            else { throw Self.malformed }
            // A chunk ends with CRLF of its own; the last, of size 0, is followed by the one that ends the body.
            guard unread.count >= line.end + count + 2 else { return nil }
            body.append(contentsOf: unread[line.end..<(line.end + count)])
            position = line.end + count + 2
            if count == 0 { return Response(status: head.status, body: body) }
        }
        return nil
    }

    private mutating func readHead() throws(OperationError) {
        var lines: [String] = []
        var at = position
        while let line = nextLine(at: at) {
            at = line.end
            guard line.text.isEmpty else {
                lines.append(line.text)
                continue
            }
            let words = lines.first?.split(separator: " ") ?? []
            guard words.count >= 2, words[0] == "HTTP/1.1", let status = Int(words[1]) else { throw Self.malformed }
            var length: Int?
            var isChunked = false
            for field in lines.dropFirst().map({ $0.lowercased() }) {
                if field.hasPrefix("content-length:") { length = Int(field.dropFirst(15).filter { $0 != " " }) }
                if field.hasPrefix("transfer-encoding:") { isChunked = field.contains("chunked") }
            }
            guard isChunked || (0...byteCountMax).contains(length ?? -1) else { throw Self.malformed }
            head = (status, isChunked ? nil : length)
            position = at
            return
        }
        guard unread.count <= Self.headByteCountMax else { throw Self.malformed }
    }

    private func nextLine(at start: Int) -> (text: String, end: Int)? {
        guard let end = unread[start...].firstIndex(of: 0x0A), end > start, unread[end - 1] == 0x0D else { return nil }
        return (String(decoding: unread[start..<(end - 1)], as: UTF8.self), end + 1)
    }

    private static let malformed = OperationError(
        code: .daemonUnreachable, reason: "what answers on the socket does not speak HTTP/1.1 as this command does",
        hint: "check that the socket is a suishend's")
}
