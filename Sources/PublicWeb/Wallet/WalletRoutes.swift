import Encoding
import Gate
import Platform

/// The paths of the wallet's host: the page and its files, the trust list, and `/vci/`.
struct WalletRoutes: Sendable {
    let site: PublicSite
    let fixed: FixedRoutes
    private let shell: WalletShell?
    private let daemon: WalletDaemon

    init(_ site: PublicSite, _ fixed: FixedRoutes) {
        self.site = site
        self.fixed = fixed
        shell = WalletShell(site.assets)
        daemon = WalletDaemon(socket: site.settings.socket)
    }

    /// What a path under `/vci/` asks for; nil for other paths.
    static func operation(_ path: [String]) -> WalletOperation? {
        guard path.count == 2, path[0] == WalletOperation.folder else { return nil }
        return WalletOperation(rawValue: path[1])
    }

    /// The answer to GET and HEAD, and the route's name for the counts.
    func answer(to request: WebRequest) async -> (WebAnswer, name: String) {
        let path = request.path
        switch (path[0], path.count) {
        case ("", 1), (WalletShell.folder, 1): return (.redirect(to: "/\(WalletShell.folder)/"), "/w/")
        case (WalletShell.folder, 2): return (file(path[1]), "/w/")
        case (Assets.folder, 2): return (fixed.asset(path[1]), "/a/{digest}")
        case ("gates", 2...): return (await TreeRoutes(site: site).answer(Array(path.dropFirst())), "/gates")
        case ("status", 2): return (await TreeRoutes(site: site).status(path[1]), "/status/{name}")
        case (".well-known", 2): return (wellKnown(path[1], to: request), "/.well-known")
        default: return (site.failure(.pathUnknown, to: request), "other")
        }
    }

    /// Passes a phone's request on; the daemon checks it.
    func answer(_ operation: WalletOperation, _ bytes: [UInt8], to request: WebRequest) async -> WebAnswer {
        let reply: WalletReply
        do throws(WebError) {
            reply = await daemon.reply(to: try WalletOrder(operation, bytes, of: request), operation)
        } catch {
            reply = WalletReply(operation, error)
        }
        let nonce = operation == .nonce ? reply.body["c_nonce"]?.string : await daemon.nonce()
        return answer(reply, nonce: nonce)
    }

    /// The answer to a body that cannot be read.
    func refusal(_ operation: WalletOperation, _ error: WebError) -> WebAnswer {
        answer(WalletReply(operation, error), nonce: nil)
    }

    private func answer(_ reply: WalletReply, nonce: String?) -> WebAnswer {
        var answer = WebAnswer(
            status: reply.status, kind: .reply, type: "application/json",
            bytes: Array((reply.body.encoded() + "\n").utf8), isTagged: false)
        answer.cacheControl = "no-store"
        answer.nonce = nonce
        answer.dateSeconds = site.now
        return answer
    }

    private func file(_ name: String) -> WebAnswer {
        guard let shell else { return WebAnswer(error: Self.moduleMissing) }
        switch name {
        case "": return WebAnswer(kind: .wallet, type: Representation.html.contentType, bytes: shell.page)
        case "sw.js": return WebAnswer(kind: .script, type: "text/javascript; charset=utf-8", bytes: shell.worker)
        case WalletShell.manifestPath[1]: return WebAnswer(json: shell.manifest, type: "application/manifest+json")
        default: return WebAnswer(error: WebError.pathUnknown)
        }
    }

    private func wellKnown(_ name: String, to request: WebRequest) -> WebAnswer {
        let metadata = WalletMetadata(
            origin: request.ownOrigin, issuers: (try? site.issuer.trust(at: site.now))?.bundle.issuers ?? [])
        switch name {
        case "openid-credential-issuer": return WebAnswer(json: metadata.issuer)
        case "oauth-authorization-server": return WebAnswer(json: metadata.authorizationServer)
        case "security.txt": return fixed.securityText()
        default: return WebAnswer(error: WebError.pathUnknown)
        }
    }

    private static let moduleMissing = WebError(
        .pathUnknown, "this service has no wallet", hint: "start suishen-web with --wallet-module")
}
