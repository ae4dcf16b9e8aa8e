import Glibc
import Platform
import Storage

/// Reads and writes the objects of one bucket, and repeats requests whose answers were lost or that came too early.
///
/// Each call blocks its thread until it has an outcome or its deadline has passed.
package final class S3Client: Sendable {
    private static let pauseMillisecondsMax = 2000
    private static let retryAfterSecondsMax = 2
    private static let codeByteCountMax = 64
    /// The most bytes of an error; a short file's limit does not cut it off.
    private static let errorByteCountMax = 64 << 10

    package let place: S3Place
    private let signature: S3Signature
    private let exchange: HTTPExchange
    private let limits: S3Limits
    private let nowMilliseconds: @Sendable () -> UInt64

    /// - Parameters:
    ///   - place: the bucket.
    ///   - credentials: the keys of an account that may list, read, write and delete there.
    ///   - limits: the time limits.
    ///   - nowMilliseconds: the time of day, which every request states.
    package init(
        _ place: S3Place, credentials: S3Credentials, limits: S3Limits = S3Limits(),
        nowMilliseconds: @escaping @Sendable () -> UInt64
    ) {
        self.place = place
        self.limits = limits
        self.nowMilliseconds = nowMilliseconds
        signature = S3Signature(credentials: credentials, region: place.region)
        exchange = HTTPExchange(endpoint: .remote(place.address), timeoutMilliseconds: limits.requestMilliseconds)
    }

    /// One request, without what all requests have.
    struct Question {
        var method: HTTPExchange.Method
        /// The object's key; empty for the bucket itself.
        var key: String
        var query: [(name: String, value: String)] = []
        var fields: [(name: String, value: String)] = []
        var body: [UInt8]?
        var byteCountMax = S3Markup.byteCountMax
        /// Whether it may go over a kept connection, on which libcurl may repeat it by itself.
        var mayBeRepeatedUnseen = true
    }

    /// A final answer, and whether an earlier attempt at the same request may have had an effect.
    struct Reply {
        let response: HTTPResponse
        /// The code in an error's body, such as `NoSuchKey`; nil without one.
        let code: String?
        let hadLostAnswer: Bool
    }

    /// Asks until there is a final answer.
    ///
    /// - Throws: `tiles_silent` when the service gives none within the deadline; `tiles_refused` when it refuses the
    ///   keys, the time or the bucket.
    func ask(_ question: Question) throws(LogError) -> Reply {
        let deadline = MonotonicClock.milliseconds() + limits.callMilliseconds
        var pause = limits.firstPauseMilliseconds
        var hadLostAnswer = false
        while true {
            let attempt = try attempt(question)
            var wait = pause
            switch attempt {
            case .answered(let response, let code):
                try Self.check(response, code, question)
                return Reply(response: response, code: code, hadLostAnswer: hadLostAnswer)
            case .passing(_, let mayHaveHappened, let seconds):
                hadLostAnswer = hadLostAnswer || mayHaveHappened
                wait = max(wait, seconds * 1000)
            }
            guard MonotonicClock.milliseconds() + wait < deadline else {
                throw .storageSilent("\(question.words): \(attempt.words)")
            }
            usleep(UInt32(wait) * 1000)
            pause = min(pause * 2, Self.pauseMillisecondsMax)
        }
    }

    /// One attempt at a request.
    private enum Attempt {
        case answered(HTTPResponse, code: String?)
        /// A later attempt may be answered; this one may have had an effect.
        case passing(String, mayHaveHappened: Bool, seconds: Int)

        var words: String { if case .passing(let words, _, _) = self { words } else { "" } }
    }

    private func attempt(_ question: Question) throws(LogError) -> Attempt {
        let response: HTTPResponse
        do throws(HTTPExchangeError) {
            response = try send(question)
        } catch {
            guard error.code != .tooLarge else { throw .objectUnreadable(question.key, error.reason) }
            guard error.code != .untrustedServer else {
                throw .tilesRefused("\(question.words): \(error.reason)", hint: error.hint)
            }
            return .passing(error.reason, mayHaveHappened: error.code != .unreachable, seconds: 0)
        }
        let code = Self.code(in: response)
        guard Self.isPassing(response.status, code) else { return .answered(response, code: code) }
        // An error of the service can come after the write.
        return .passing(
            "it answers \(response.status)" + (code.map { " \($0)" } ?? ""),
            mayHaveHappened: response.status >= 500,
            seconds: min(response.retryAfterSeconds ?? 0, Self.retryAfterSecondsMax))
    }

    private func send(_ question: Question) throws(HTTPExchangeError) -> HTTPResponse {
        let path = question.key.isEmpty ? place.bucketPath : place.pathPrefix + question.key
        let request = S3Signature.Request(
            method: question.method.rawValue, path: path, query: question.query,
            fields: [("Host", place.host)] + question.fields, body: question.body ?? [])
        let query = request.encodedQuery
        return try exchange.send(
            question.method, path: query.isEmpty ? path : path + "?" + query, body: question.body,
            fields: signature.fields(of: request, at: nowMilliseconds() / 1000),
            byteCountMax: max(question.byteCountMax, Self.errorByteCountMax, question.body?.count ?? 0),
            keepsConnection: question.mayBeRepeatedUnseen)
    }

    /// Whether the same request may be answered otherwise a moment later.
    private static func isPassing(_ status: Int, _ code: String?) -> Bool {
        status >= 500 && status != 501 || status == 429 || status == 409 || status == 408
            || status == 400 && code == "RequestTimeout"
    }

    /// Refuses an answer that says that no request of this account, time or bucket is answered.
    private static func check(
        _ response: HTTPResponse, _ code: String?, _ question: Question
    ) throws(LogError) {
        let status = response.status
        let words = "\(question.words): it answers \(status)" + (code.map { " \($0)" } ?? "")
        if code == "RequestTimeTooSkewed" {
            throw .tilesRefused(
                "\(words), because this machine's clock differs from its own", hint: "set this machine's clock")
        }
        switch status {
        case 200..<300, 412, 416: return
        case 404 where code == "NoSuchKey": return
        case 501: throw .conditionsUnsafe(words)
        default:
            throw .tilesRefused(
                words,
                hint: "check the bucket, its endpoint, region and credentials, and that the keys may list, read, write "
                    + "and delete there; keys that were replaced are read again at the next start")
        }
    }

    /// The error code of an answer's body; nothing else of it is believed or repeated.
    private static func code(in response: HTTPResponse) -> String? {
        guard response.status >= 300, let code = S3Markup(bytes: response.body)?.text(at: "Error", "Code"),
            (1...codeByteCountMax).contains(code.utf8.count),
            code.utf8.allSatisfy({ (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) })
        else { return nil }
        return code
    }
}

extension S3Client.Question {
    /// The request in words, for an error; without the key, so that an error that lasts is told once.
    fileprivate var words: String {
        let verb =
            switch method {
            case .get: key.isEmpty ? "list" : "read"
            case .put: "write"
            case .delete: "delete"
            }
        return "the object storage did not \(verb) \(key.isEmpty ? "the bucket" : "a file")"
    }
}

extension LogError {
    static func tilesRefused(_ reason: String, hint: String) -> LogError {
        LogError(code: .tilesRefused, reason: reason, hint: hint)
    }

    /// The error while the service gives no answer, which passes by itself.
    static func storageSilent(_ reason: String) -> LogError {
        LogError(
            code: .tilesSilent, reason: reason,
            hint: "check the object storage and the way to it; the log then goes on by itself")
    }

    /// The error of a service that does not keep conditional writes apart.
    static func conditionsUnsafe(_ reason: String) -> LogError {
        LogError(
            code: .tilesUnsafe, reason: reason,
            hint: "use a service that honours If-None-Match and If-Match on PUT, such as Amazon S3, MinIO or Ceph; "
                + "without them two publishers could fork the log")
    }

    /// The error of an object that is there and cannot be used.
    static func objectUnreadable(_ key: String, _ reason: String) -> LogError {
        LogError(
            code: .logUnreadable, reason: "\(key) in the bucket cannot be read: \(reason)",
            hint: "put the object back from an earlier version, a backup or a mirror of the log, then start again")
    }
}
