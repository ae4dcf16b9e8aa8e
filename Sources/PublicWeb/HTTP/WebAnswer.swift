import Encoding
import HTTPTypes
import NIOCore
import Platform

/// An answer of the public pages, before it is fitted to one request's conditions.
struct WebAnswer: Sendable {
    /// What the answer is, which determines its security header fields.
    enum Kind: Sendable, Hashable {
        /// A page; where it is a code's own page, it is isolated when there is no second host.
        case page(isOfCode: Bool, hasForm: Bool)
        /// A script or a module of WebAssembly.
        case script
        /// Data that pages of every origin may read.
        case data
        /// The wallet's page.
        case wallet
        /// An answer to the wallet's or the kiosk's script, which no page of another origin may read.
        case reply
        /// The kiosk's page.
        case kiosk
    }

    let status: Int
    let kind: Kind
    let type: String
    let body: ByteBuffer
    let tag: EntityTag?
    /// The body as gzip, where it was compressed beforehand.
    var gzip: ByteBuffer?
    /// Whether a client may ask for parts of the body.
    var takesRanges = false
    var cacheControl = "no-cache"
    var vary: String?
    var link: String?
    var allow: String?
    var download: String?
    var location: String?
    /// The nonce of the client's next proof (RFC 9449 §8.2).
    var nonce: String?
    /// The time of the answer, in seconds since 1970-01-01T00:00:00Z.
    var dateSeconds: UInt64?

    /// - Parameters:
    ///   - status: the status.
    ///   - kind: a page, a script or data.
    ///   - type: the media type.
    ///   - bytes: the body.
    ///   - isTagged: whether a client may ask whether the body has changed.
    init(status: Int = 200, kind: Kind, type: String, bytes: [UInt8], isTagged: Bool = true) {
        self.status = status
        self.kind = kind
        self.type = type
        body = ByteBuffer(bytes: bytes)
        tag = isTagged && status == 200 ? EntityTag(bytes) : nil
    }

    /// Data in JSON, with a line feed for readers at a terminal.
    init(json: JSONValue, status: Int = 200, type: String = "application/json") {
        self.init(status: status, kind: .data, type: type, bytes: Array((json.encoded() + "\n").utf8))
        if status != 200 { cacheControl = "no-store" }
    }

    /// An error as JSON.
    init(error: some CodedError, status: Int? = nil) {
        self.init(
            json: ["error": Self.json(error.codeText, error.reason, error.hint)],
            status: status ?? error.errorClass.behindService.httpStatus)
    }

    /// Another path of this host, which has the page for good (RFC 9110 §15.4.9).
    static func redirect(to path: String) -> WebAnswer {
        var answer = WebAnswer(status: 308, kind: .data, type: "text/plain; charset=utf-8", bytes: [])
        answer.location = path
        return answer
    }

    static func json(_ code: String, _ reason: String, _ hint: String) -> JSONValue {
        ["code": .string(code), "reason": .string(reason), "hint": .string(hint)]
    }
}
