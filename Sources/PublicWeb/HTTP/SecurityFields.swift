import HTTPTypes

/// The security header fields, which every answer has: pages, files and errors.
struct SecurityFields: Sendable {
    private static let page = """
        default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob:; \
        connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; frame-ancestors 'none'; \
        require-trusted-types-for 'script'; trusted-types wallet
        """
    private static let data =
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    // The page may run its scripts and open links; it has no origin, and so neither storage nor a wallet's keys.
    private static let sandbox = """
        sandbox allow-scripts allow-forms allow-downloads allow-popups allow-popups-to-escape-sandbox \
        allow-top-navigation-by-user-activation
        """
    private static let permissions = ", display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"
    static let transport = "max-age=31536000"

    private let isolatesCodePages: Bool
    private let isKiosk: Bool

    /// - Parameter isolatesCodePages: whether codes' pages share their host with others, and so get no origin.
    init(isolatesCodePages: Bool) {
        self.init(isolatesCodePages: isolatesCodePages, isKiosk: false)
    }

    private init(isolatesCodePages: Bool, isKiosk: Bool) {
        (self.isolatesCodePages, self.isKiosk) = (isolatesCodePages, isKiosk)
    }

    /// The fields of a kiosk: no page of another origin may read anything of it.
    static let kiosk = SecurityFields(isolatesCodePages: false, isKiosk: true)

    /// Adds the fields of an answer.
    ///
    /// - Parameters:
    ///   - kind: the kind of the answer.
    ///   - isSecure: whether the request came over TLS; only then may the host promise it (RFC 6797 §7.2).
    ///   - fields: the answer's fields.
    func add(for kind: WebAnswer.Kind, isSecure: Bool, to fields: inout HTTPFields) {
        var policy = Self.data
        var isSandboxed = false
        switch kind {
        case .page(let isOfCode, let hasForm):
            policy = Self.page + (hasForm ? "; form-action 'self'" : "; form-action 'none'")
            isSandboxed = isOfCode && isolatesCodePages
            if isSandboxed { policy += "; " + Self.sandbox }
        case .script:
            // A worker has the policy of its own answer.
            policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
            fields[.accessControlAllowOrigin] = "*"
        case .data: fields[.accessControlAllowOrigin] = "*"
        case .wallet: policy = Self.page + "; form-action 'self'"
        case .reply: break
        case .gate: policy = Self.page + "; media-src 'self' blob:; form-action 'none'"
        }
        if isKiosk { fields[.accessControlAllowOrigin] = nil }
        if isKiosk || kind == .reply { Self.set("Cross-Origin-Resource-Policy", "same-origin", in: &fields) }
        fields[.contentSecurityPolicy] = policy
        fields[.xContentTypeOptions] = "nosniff"
        Self.set("Referrer-Policy", "no-referrer", in: &fields)
        Self.set("Origin-Agent-Cluster", "?1", in: &fields)
        Self.set("Permissions-Policy", (kind == .gate ? "camera=(self)" : "camera=()") + Self.permissions, in: &fields)
        if !isSandboxed { Self.set("Cross-Origin-Opener-Policy", "same-origin", in: &fields) }
        if isSecure { fields[.strictTransportSecurity] = Self.transport }
    }

    private static func set(_ name: String, _ value: String, in fields: inout HTTPFields) {
        if let name = HTTPField.Name(name) { fields[name] = value }
    }
}
