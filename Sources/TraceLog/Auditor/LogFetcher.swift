import Encoding
import Glibc
import Platform
import Synchronization

/// A log behind a daemon's socket or an http(s) URL.
package final class LogFetcher: AuditSource {
    private static let timeoutMilliseconds = 30_000
    /// How often a file is asked for when the server is busy.
    private static let attemptCountMax = 5
    /// The longest wait between two attempts, in seconds, even if the server asks for more.
    private static let waitSecondsMax = 20
    /// The most bytes of an error that is read for its code, and of the code.
    private static let errorByteCountMax = 4096
    private static let codeByteCountMax = 64

    private let name: String
    /// Comes before every path.
    private let prefix: String
    /// Nil when the name is no address.
    private let exchange: HTTPExchange?
    private let pace = Mutex(SourcePace())

    /// A log whose checkpoint is at `URL`/checkpoint.
    package convenience init(url: String) {
        self.init(name: url, endpoint: RemoteAddress(url).map { .remote($0) }, prefix: "")
    }

    /// The log of the daemon on a socket, which serves it under /log.
    package convenience init(socket: String) {
        self.init(name: socket, endpoint: .socket(path: socket), prefix: "/log")
    }

    private init(name: String, endpoint: HTTPEndpoint?, prefix: String) {
        self.name = name.hasSuffix("/") ? String(name.dropLast()) : name
        self.prefix = prefix
        exchange = endpoint.map { HTTPExchange(endpoint: $0, timeoutMilliseconds: Self.timeoutMilliseconds) }
    }

    package func read(_ path: String, byteCountMax: Int) throws(AuditSourceError) -> [UInt8]? {
        guard let exchange else {
            throw AuditSourceError(
                code: .unreadable, reason: "\(name) is not an address",
                hint: "name http(s)://HOST[:PORT][/PREFIX], without user, query and fragment")
        }
        var attempt = 1
        while true {
            let answer = try answer(exchange, path, byteCountMax: byteCountMax)
            switch answer.status {
            case 200: return answer.body
            case 404, 410: return nil
            case 429 where attempt < Self.attemptCountMax, 503 where attempt < Self.attemptCountMax:
                sleep(UInt32(min(max(answer.retryAfterSeconds ?? attempt, 1), Self.waitSecondsMax)))
                attempt += 1
            case 300..<400:
                let hint = answer.location.map { "name the address to which it redirects: \($0)" }
                throw unreadable(path, "the server redirects", hint: hint ?? "name the log's own address")
            default: throw unreadable(path, "the server answers \(answer.status)\(Self.code(in: answer))")
            }
        }
    }

    private func answer(
        _ exchange: HTTPExchange, _ path: String, byteCountMax: Int
    ) throws(AuditSourceError) -> HTTPResponse {
        let start = MonotonicClock.microseconds() / 1000
        let answer: HTTPResponse
        do throws(HTTPExchangeError) {
            answer = try exchange.get(path: "\(prefix)/\(path)", byteCountMax: byteCountMax)
        } catch {
            guard error.code != .tooLarge else {
                throw AuditSourceError(
                    code: .tooLarge, reason: "\(name)/\(path) holds more than \(byteCountMax) bytes",
                    hint: "name a log in tlog-tiles layout")
            }
            throw unreadable(path, error.reason, hint: error.hint)
        }
        let elapsed = MonotonicClock.microseconds() / 1000 - start
        guard pace.withLock({ $0.note(byteCount: answer.body.count, milliseconds: elapsed) }) else {
            throw unreadable(path, "the server is too slow over the whole audit")
        }
        return answer
    }

    /// The stable code of a JSON error, in parentheses; empty where the server sends none.
    private static func code(in answer: HTTPResponse) -> String {
        guard let json = try? JSONValue.parse(answer.body, byteCountMax: errorByteCountMax),
            let code = json["error"]?["code"]?.string, (1...codeByteCountMax).contains(code.utf8.count),
            code.utf8.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F })
        else { return "" }
        return " (\(code))"
    }

    private func unreadable(
        _ path: String, _ cause: String, hint: String = "check the address and that the daemon or server runs"
    ) -> AuditSourceError {
        AuditSourceError(code: .unreadable, reason: "\(name)/\(path) cannot be fetched: \(cause)", hint: hint)
    }
}
