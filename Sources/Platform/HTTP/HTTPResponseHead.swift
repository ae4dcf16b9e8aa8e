/// The status and the framing in the head of an answer.
struct HTTPResponseHead: Equatable {
    enum Framing: Equatable {
        case length(Int)
        case chunked
        /// The body goes on until the connection ends (RFC 9112 §6.3).
        case untilEnd
    }

    let status: Int
    let framing: Framing
    /// Whether the service takes another request on the connection after this answer (RFC 9112 §9.3).
    let keepsConnection: Bool
    /// The fields that a client of ours acts on, by their names in lower case.
    let fields: [String: String]

    /// Reads a head without the empty line that ends it.
    init(_ bytes: ArraySlice<UInt8>) throws(HTTPExchangeError) {
        let lines = String(decoding: bytes, as: UTF8.self).split(
            separator: "\r\n", omittingEmptySubsequences: false)
        let start = lines.first?.split(separator: " ", maxSplits: 2) ?? []
        guard start.count >= 2, start[0] == "HTTP/1.1" || start[0] == "HTTP/1.0", start[1].utf8.count == 3,
            let status = Int(start[1]), (200...599).contains(status)
        else { throw .malformed("its status line is not HTTP/1.1") }
        self.status = status
        var fields: [String: String] = [:]
        framing = try Self.framing(lines.dropFirst(), &fields)
        let options = fields["connection", default: ""].split(separator: ",")
        keepsConnection = start[0] == "HTTP/1.1" && framing != .untilEnd && !options.contains("close")
        self.fields = fields
    }

    /// Refuses two lengths, and a length beside chunks, because both are used to smuggle answers (RFC 9112 §6.3).
    private static func framing(
        _ lines: ArraySlice<Substring>, _ fields: inout [String: String]
    ) throws(HTTPExchangeError) -> Framing {
        var framing: Framing?
        for line in lines {
            guard let colon = line.firstIndex(of: ":") else { throw .malformed("a header field has no colon") }
            let name = line[..<colon].lowercased()
            guard !name.contains(where: { $0 == " " || $0 == "\t" }) else {
                throw .malformed("a header field's name has a space")
            }
            let value = line[line.index(after: colon)...].filter { $0 != " " && $0 != "\t" }
            switch name {
            case "retry-after", "location", "etag": fields[name] = value
            case "connection": fields[name, default: ""] += value.lowercased() + ","
            default: break
            }
            guard name == "content-length" || name == "transfer-encoding" else { continue }
            guard framing == nil else { throw .malformed("it gives its length twice") }
            if name == "transfer-encoding" {
                guard value.lowercased() == "chunked" else { throw .malformed("its transfer coding is unknown") }
                framing = .chunked
            } else {
                guard value.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let count = Int(value) else {
                    throw .malformed("its length is not a number")
                }
                framing = .length(count)
            }
        }
        return framing ?? .untilEnd
    }
}
