/// Collects one answer from libcurl, with the same rules and limits as an answer on a UNIX socket.
final class RemoteAnswer {
    private let bodyByteCountMax: Int
    private var headBytes: [UInt8] = []
    private var head: HTTPResponseHead?
    private var body: [UInt8] = []
    /// Why the answer was refused while it arrived.
    private(set) var failure: HTTPExchangeError?

    init(bodyByteCountMax: Int) {
        self.bodyByteCountMax = bodyByteCountMax
    }

    /// Takes one line of the head, or of the trailer, with its end; false ends the transfer.
    func takeLine(_ line: UnsafeRawBufferPointer) -> Bool {
        attempt { () throws(HTTPExchangeError) in
            guard headBytes.count + line.count <= HTTPExchange.headByteCountMax else {
                throw .malformed("its head is too long")
            }
            unsafe headBytes.append(contentsOf: line)
            guard headBytes.suffix(2).elementsEqual([0x0D, 0x0A]) else {
                throw .malformed("a line of its head ends without CR")
            }
            if head != nil {
                // libcurl gives trailer fields in the same way; a second head would be a second answer.
                guard unsafe !line.starts(with: "HTTP/".utf8) else { throw .malformed("two heads") }
            } else if line.count == 2 {
                head = try HTTPResponseHead(headBytes.dropLast(4))
            }
        }
    }

    /// Takes the next bytes of the body; false ends the transfer.
    func takeBody(_ part: UnsafeRawBufferPointer) -> Bool {
        attempt { () throws(HTTPExchangeError) in
            guard part.count <= bodyByteCountMax - body.count else { throw .bodyTooLarge(bodyByteCountMax) }
            unsafe body.append(contentsOf: part)
        }
    }

    /// The answer, once the transfer has ended well.
    func response() throws(HTTPExchangeError) -> HTTPResponse {
        guard let head else { throw .malformed("it has no head") }
        return HTTPResponse(head, body: body)
    }

    private func attempt(_ body: () throws(HTTPExchangeError) -> Void) -> Bool {
        do throws(HTTPExchangeError) {
            try body()
            return true
        } catch {
            failure = error
            return false
        }
    }
}
