/// Lets in only what the kiosk's own page, in a browser of this machine, sends.
///
/// A page of another origin reaches this port too: the browser runs on this machine. It must neither read a verdict nor
/// have a code decided on. A name that is pointed at this machine later has another `Host` (DNS rebinding).
struct KioskGuard: Sendable {
    private let hosts: [String]

    /// - Parameter address: where the kiosk listens: an address of this machine and a port.
    init(address: String) {
        let port = String(address.split(separator: ":").last ?? "")
        let hosts = [address, "localhost:\(port)"]
        // A browser leaves the usual port out.
        self.hosts = hosts + (port == "80" ? hosts.map { String($0.dropLast(3)) } : [])
    }

    /// Checks a request before anything of it is used.
    ///
    /// - Throws: `host_unknown`, `origin_foreign`.
    func check(_ request: WebRequest) throws(WebError) {
        let host = request.authority.lowercased()
        // The parser takes the first of several hosts, and leaves the others among the fields.
        guard hosts.contains(host), request.field("Host") == nil else {
            throw WebError(
                .hostUnknown, "the kiosk is not asked under its own address", hint: "open http://\(hosts[0])/")
        }
        let origin = request.origin
        guard origin.map({ $0 == "http://\(host)" }) ?? (request.method != .post) else {
            throw Self.foreign("the request comes from another origin, or does not say from which it comes")
        }
        switch request.field("Sec-Fetch-Site") {
        case nil, "same-origin": break
        case "none" where request.method != .post && request.path == [""]: break
        default: throw Self.foreign("the request comes from another site's page")
        }
    }

    private static func foreign(_ reason: String) -> WebError {
        WebError(.originForeign, reason, hint: "type the kiosk's address into the browser")
    }
}
