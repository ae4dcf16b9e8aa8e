/// An HTTP/1.1 answer (RFC 9112): its status and its body, the framing removed.
package struct HTTPResponse: Sendable, Equatable {
    package let status: Int
    package let body: [UInt8]

    /// Reads an answer as far as it has come.
    ///
    /// - Returns: nil while bytes are missing.
    static func parse(_ bytes: [UInt8], isEnded: Bool) throws(HTTPExchangeError) -> HTTPResponse? {
        guard let headEnd = endOfHead(bytes) else {
            guard bytes.count <= HTTPExchange.headByteCountMax else { throw malformed("its head has no end") }
            return nil
        }
        guard headEnd <= HTTPExchange.headByteCountMax else { throw malformed("its head is too long") }
        let lines = String(decoding: bytes[..<(headEnd - 4)], as: UTF8.self).split(
            separator: "\r\n", omittingEmptySubsequences: false)
        let start = lines.first?.split(separator: " ", maxSplits: 2) ?? []
        guard start.count >= 2, start[0] == "HTTP/1.1" || start[0] == "HTTP/1.0", start[1].utf8.count == 3,
            let status = Int(start[1]), (200...599).contains(status)
        else { throw malformed("its status line is not HTTP/1.1") }
        let body = bytes[headEnd...]
        switch try framing(lines.dropFirst()) {
        case .length(let count):
            guard body.count >= count else { return nil }
            return HTTPResponse(status: status, body: Array(body.prefix(count)))
        case .chunked:
            return try chunks(body).map { HTTPResponse(status: status, body: $0) }
        case .untilEnd:
            guard body.count <= HTTPExchange.bodyByteCountMax else { throw tooLarge }
            return isEnded ? HTTPResponse(status: status, body: Array(body)) : nil
        }
    }

    private enum Framing {
        case length(Int)
        case chunked, untilEnd
    }

    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        for index in 0...(bytes.count - 4) where bytes[index] == 0x0D {
            if bytes[index + 1] == 0x0A && bytes[index + 2] == 0x0D && bytes[index + 3] == 0x0A { return index + 4 }
        }
        return nil
    }

    /// Two lengths, or a length beside chunks, are how answers are smuggled (RFC 9112 §6.3): refused.
    private static func framing(_ lines: ArraySlice<Substring>) throws(HTTPExchangeError) -> Framing {
        var framing: Framing?
        for line in lines {
            guard let colon = line.firstIndex(of: ":") else { throw malformed("a header field has no colon") }
            let name = line[..<colon].lowercased()
            guard name == "content-length" || name == "transfer-encoding" else { continue }
            let value = line[line.index(after: colon)...].filter { $0 != " " && $0 != "\t" }
            guard framing == nil else { throw malformed("it says twice how long it is") }
            if name == "transfer-encoding" {
                guard value.lowercased() == "chunked" else { throw malformed("its transfer coding is not known") }
                framing = .chunked
            } else {
                guard value.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let count = Int(value) else {
                    throw malformed("its length is not a number")
                }
                guard count <= HTTPExchange.bodyByteCountMax else { throw tooLarge }
                framing = .length(count)
            }
        }
        return framing ?? .untilEnd
    }

    private static func chunks(_ bytes: ArraySlice<UInt8>) throws(HTTPExchangeError) -> [UInt8]? {
        var rest = bytes
        var body: [UInt8] = []
        while true {
            guard let lineEnd = rest.firstIndex(of: 0x0A) else {
                guard rest.count <= 64 else { throw malformed("a chunk's size has no end") }
                return nil
            }
            let digits = rest[..<lineEnd].prefix { $0 != 0x0D && $0 != 0x3B }
            guard (1...6).contains(digits.count),
                let count = Int(String(decoding: digits, as: UTF8.self), radix: 16), count >= 0
            else { throw malformed("a chunk's size is not a number") }
            rest = rest[(lineEnd + 1)...]
            if count == 0 { return body }
            guard body.count + count <= HTTPExchange.bodyByteCountMax else { throw tooLarge }
            guard rest.count >= count + 2 else { return nil }
            body += rest.prefix(count)
            rest = rest.dropFirst(count)
            guard rest.starts(with: [0x0D, 0x0A]) else { throw malformed("a chunk does not end where it says") }
            rest = rest.dropFirst(2)
        }
    }

    private static func malformed(_ reason: String) -> HTTPExchangeError {
        HTTPExchangeError(.malformedResponse, "the answer cannot be read: \(reason)")
    }

    private static var tooLarge: HTTPExchangeError {
        HTTPExchangeError(.tooLarge, "the answer's body is over \(HTTPExchange.bodyByteCountMax) bytes")
    }
}
