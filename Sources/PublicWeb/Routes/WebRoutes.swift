import Credential

/// Finds the route of a request, and its name for the counts.
struct WebRoutes: Sendable {
    /// A route's name, and what it needs beside the request's head.
    enum Plan: Sendable {
        case answer(WebAnswer)
        /// The answer needs the body of a form.
        case form(base32: String)
        /// The answer needs the body of a phone's request.
        case wallet(WalletOperation)
    }

    let site: PublicSite
    let wallet: WalletRoutes
    private let fixed: FixedRoutes

    init(_ site: PublicSite) {
        self.site = site
        fixed = FixedRoutes(site)
        wallet = WalletRoutes(site, fixed)
    }

    /// What a phone asks for on the wallet's host; nil for any other request.
    func phoneOperation(of request: WebRequest) -> WalletOperation? {
        request.host == site.settings.walletHost ? WalletRoutes.operation(request.path) : nil
    }

    func plan(for request: WebRequest) async -> (plan: Plan, name: String) {
        let path = request.path
        if path == ["healthz"] {
            if let refused = allowing(request) { return (.answer(refused), "/healthz") }
            return (.answer(await fixed.health()), "/healthz")
        }
        guard request.host == site.settings.codeHost else { return await otherHost(request) }
        if path.count == 3, path[2] == "report", Self.form(path[0]) == .object {
            return (reportPlan(path[1], to: request), "/O/{code}/report")
        }
        if let refused = allowing(request) { return (.answer(refused), "other") }
        let (answer, name) = await answer(to: request)
        return (.answer(answer), name)
    }

    private func answer(to request: WebRequest) async -> (WebAnswer, name: String) {
        let path = request.path
        if let form = Self.form(path[0]) { return await codeAnswer(form, to: request) }
        switch (path[0], path.count) {
        case ("log", 2...): return (await logFile(path, of: site.log, request), "/log")
        case ("acts", 2...): return (await logFile(path, of: site.acts, request), "/acts")
        case ("gates", 2...): return (await TreeRoutes(site: site).answer(Array(path.dropFirst())), "/gates")
        case ("status", 2): return (await TreeRoutes(site: site).status(path[1]), "/status/{name}")
        case (GateRoute.folder, 1): return (.redirect(to: "/\(GateRoute.folder)/"), "/g/")
        case (GateRoute.folder, 2) where path[1].isEmpty: return (GateRoute(site: site).page(for: request), "/g/")
        case (Assets.folder, 2): return (fixed.asset(path[1]), "/a/{digest}")
        case (".well-known", 2) where path[1] == "security.txt":
            return (fixed.securityText(), "/.well-known/security.txt")
        default: return (site.failure(.pathUnknown, to: request), "other")
        }
    }

    private func logFile(_ path: [String], of log: PublishedLog, _ request: WebRequest) async -> WebAnswer {
        await LogRoutes(site: site, log: log).answer(Array(path.dropFirst()), to: request)
    }

    private func codeAnswer(_ form: Form, to request: WebRequest) async -> (WebAnswer, name: String) {
        let path = request.path
        let letter = form == .object ? "O" : "E"
        switch (path.count, form) {
        case (2, _):
            return (await CodeRoutes(site: site).answer(form, path[1], to: request), "/\(letter)/{code}")
        case (3, .object) where path[2] == "events":
            return (await EventRoutes(site: site).events(path[1], to: request), "/O/{code}/events")
        case (4, .object) where path[2] == "proof":
            return (await EventRoutes(site: site).proof(path[1], path[3], to: request), "/O/{code}/proof/{n}")
        default: return (site.failure(.pathUnknown, to: request, isOfCode: true), "other")
        }
    }

    private func reportPlan(_ base32: String, to request: WebRequest) -> Plan {
        switch request.method {
        case .get, .head: return .answer(ReportRoute(site: site).page(base32, to: request))
        case .post: return .form(base32: base32)
        case .other: return .answer(wrongMethod(request, "GET, HEAD, POST"))
        }
    }

    /// The refusal of a method other than GET and HEAD; nil for these.
    private func allowing(_ request: WebRequest) -> WebAnswer? {
        switch request.method {
        case .get, .head: nil
        case .post, .other: wrongMethod(request, "GET, HEAD")
        }
    }

    private func wrongMethod(_ request: WebRequest, _ allowed: String) -> WebAnswer {
        let error = WebError(.methodNotAllowed, "this path does not take that method", hint: "use \(allowed)")
        var answer = site.failure(error, to: request, isOfCode: Self.form(request.path[0]) != nil)
        answer.allow = allowed
        return answer
    }

    private func otherHost(_ request: WebRequest) async -> (plan: Plan, name: String) {
        guard request.host == site.settings.walletHost else {
            let error = WebError(
                .hostUnknown, "this service does not serve that host",
                hint: "use the host of the codes, as --host names it")
            return (.answer(WebAnswer(error: error)), "other")
        }
        if let operation = phoneOperation(of: request) {
            guard request.method == .post else {
                return (.answer(wrongMethod(request, "POST")), operation.publicPath)
            }
            return (.wallet(operation), operation.publicPath)
        }
        if let refused = allowing(request) { return (.answer(refused), "other") }
        let (answer, name) = await wallet.answer(to: request)
        return (.answer(answer), name)
    }

    /// The form that a path's letter stands for, in either case.
    private static func form(_ letter: String) -> Form? {
        switch letter {
        case "O", "o": .object
        case "E", "e": .enterprise
        default: nil
        }
    }
}
