import Encoding
import Gate
import Platform

/// Finds the answer to a request of the kiosk's page.
struct KioskRoutes: Sendable {
    enum Plan: Sendable {
        case answer(WebAnswer)
        /// The answer needs the request's body, and the gate.
        case operation(KioskOperation)
    }

    let gate: KioskGate
    private let assets: Assets
    private let files: AssetFiles
    private let requests: KioskGuard

    init(_ gate: KioskGate, _ assets: Assets, address: String) {
        (self.gate, self.assets) = (gate, assets)
        files = AssetFiles(assets)
        requests = KioskGuard(address: address)
    }

    func plan(for request: WebRequest) -> Plan {
        do throws(WebError) {
            try requests.check(request)
            if let operation = KioskOperation.allCases.first(where: { request.path == [$0.rawValue] }) {
                try Self.check(request, request.method == .post, "POST")
                return .operation(operation)
            }
            try Self.check(request, request.method == .get || request.method == .head, Self.readMethods)
            return .answer(try answer(to: request))
        } catch {
            var answer = Self.failure(error)
            if error.code == .methodNotAllowed { answer.allow = Self.methods(of: request.path) }
            return .answer(answer)
        }
    }

    /// An error; for a gate it has the outcome of a verdict, so that nothing reads it as an acceptance.
    static func failure(_ error: WebError) -> WebAnswer {
        let code = WebAnswer.json(error.codeText, error.reason, error.hint)
        return reply(
            ["verdict": .string(VerdictOutcome.undecided.rawValue), "error": code], status: error.errorClass.httpStatus)
    }

    static func reply(_ json: JSONValue, status: Int = 200) -> WebAnswer {
        var answer = WebAnswer(
            status: status, kind: .reply, type: "application/json", bytes: Array((json.encoded() + "\n").utf8),
            isTagged: false)
        answer.cacheControl = "no-store"
        return answer
    }

    private func answer(to request: WebRequest) throws(WebError) -> WebAnswer {
        switch (request.path[0], request.path.count) {
        case ("", 1):
            let page = GatePage(kind: .kiosk, assets: assets, language: request.language)
            guard let bytes = page.bytes else { throw .pathUnknown }
            var answer = WebAnswer(kind: .gate, type: Representation.html.contentType, bytes: bytes)
            answer.vary = "Accept-Language"
            return answer
        case ("state", 1): return Self.reply(gate.standing)
        case (Assets.folder, 2):
            guard let file = files.answer(request.path[1]) else { throw .pathUnknown }
            return file
        default: throw .pathUnknown
        }
    }

    private static let readMethods = "GET, HEAD"

    private static func methods(of path: [String]) -> String {
        KioskOperation.allCases.contains { path == [$0.rawValue] } ? "POST" : readMethods
    }

    private static func check(_ request: WebRequest, _ isAllowed: Bool, _ methods: String) throws(WebError) {
        guard isAllowed else {
            throw WebError(.methodNotAllowed, "this path does not take that method", hint: "use \(methods)")
        }
    }
}
