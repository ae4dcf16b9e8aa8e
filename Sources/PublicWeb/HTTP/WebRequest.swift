import HTTPTypes

/// A request to the public pages, with its limits already checked.
struct WebRequest: Sendable {
    let method: Method
    let target: RequestTarget
    /// The host, in lower case, without a port.
    let host: String
    /// The host and the port, as they were sent.
    let authority: String
    private let fields: HTTPFields

    enum Method: Sendable, Equatable {
        case get, head, post, other
    }

    /// Nil where the target cannot be read.
    init?(_ head: HTTPRequest) {
        guard let target = RequestTarget(head.path ?? "") else { return nil }
        self.target = target
        method =
            switch head.method {
            case .get: .get
            case .head: .head
            case .post: .post
            default: .other
            }
        authority = head.authority ?? ""
        host = Self.host(of: authority)
        fields = head.headerFields
    }

    var path: [String] { target.parts }
    var query: [String: String] { target.query }
    var accept: String? { fields[.accept] }
    var acceptLanguage: String? { fields[.acceptLanguage] }
    var ifNoneMatch: String? { fields[.ifNoneMatch] }
    var ifRange: String? { fields[.ifRange] }
    var range: String? { fields[.range] }
    var origin: String? { fields[.origin] }
    var contentType: String? { fields[.contentType] }
    var contentLength: Int? { fields[.contentLength].flatMap { Int($0) } }

    /// A field by its name; nil where it is absent.
    func field(_ name: String) -> String? { HTTPField.Name(name).flatMap { fields[$0] } }

    /// The origin that the client asked.
    var ownOrigin: String { "\(isSecure ? "https" : "http")://\(authority.lowercased())" }

    /// Whether a body follows the head.
    var hasBody: Bool { contentLength ?? 0 > 0 || fields[.transferEncoding] != nil }

    /// Whether the client takes gzip (RFC 9110 §12.5.3).
    var takesGzip: Bool {
        let list = QualityList(fields[.acceptEncoding])
        let named = list.items.first { $0.value == "gzip" || $0.value == "x-gzip" }
        return (named ?? list.items.first { $0.value == "*" })?.weight ?? 0 > 0
    }

    /// Whether the proxy took the request over TLS.
    var isSecure: Bool { HTTPField.Name("X-Forwarded-Proto").flatMap { fields[$0] } == "https" }

    var language: PageLanguage { .preferred(chosen: query["lang"], accept: acceptLanguage) }
    var view: PageView { query["view"] == PageView.large.rawValue ? .large : .usual }

    private static func host(of authority: String) -> String {
        String(authority.prefix { $0 != ":" }).lowercased()
    }
}

/// How large a page's text is.
enum PageView: String, Sendable, Hashable {
    case usual
    /// For readers who need larger text and larger targets.
    case large
}
