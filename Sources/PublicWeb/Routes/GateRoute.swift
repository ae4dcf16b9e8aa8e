/// `/g/`: a gate in the browser, which says whether a code is genuine.
struct GateRoute: Sendable {
    static let folder = "g"

    let site: PublicSite

    func page(for request: WebRequest) -> WebAnswer {
        let page = GatePage(kind: .gate, assets: site.assets, language: request.language)
        guard let bytes = page.bytes else { return WebAnswer(error: Self.moduleMissing) }
        var answer = WebAnswer(kind: .gate, type: Representation.html.contentType, bytes: bytes)
        answer.vary = "Accept-Language"
        return answer
    }

    private static let moduleMissing = WebError(
        .pathUnknown, "this service has no gate in the browser",
        hint: "start suishen-web with --module and --scanner-module")
}
