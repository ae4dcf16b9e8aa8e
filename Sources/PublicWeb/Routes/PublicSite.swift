import Gate
import Platform

/// Everything that the routes read and keep.
struct PublicSite: Sendable {
    let settings: WebSettings
    let issuer: IssuerView
    let daemon: DaemonReader
    let histories: ObjectHistories
    let cards: SubjectCards
    let log: PublishedLog
    let acts: PublishedLog
    let assets: Assets
    let outbox: ReportOutbox?
    let pages = PageCache()
    let bundles = CompressedBundles()
    let treeFiles = RecentValues<String, TreeFile>(countMax: 32)

    init(
        _ settings: WebSettings, _ assets: Assets,
        treeChanged: @escaping @Sendable (BundleError?) -> Void = { _ in }
    ) {
        self.settings = settings
        self.assets = assets
        issuer = IssuerView(settings, changed: treeChanged)
        daemon = DaemonReader(socket: settings.socket)
        histories = ObjectHistories(daemon)
        cards = SubjectCards(daemon)
        log = PublishedLog(DaemonLog(socket: settings.socket), folder: settings.log)
        acts = PublishedLog(DaemonLog(socket: settings.socket, name: DaemonLog.acts), folder: settings.acts)
        outbox = settings.outbox.map(ReportOutbox.init(path:))
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    var now: UInt64 { settings.nowMilliseconds() / 1000 }

    /// For whom a page is made.
    func context(of request: WebRequest) -> PageContext {
        func link(_ name: String) -> LinkAddress? {
            assets.file(named: name).map { .path([Assets.folder, $0.path]) }
        }
        return PageContext(
            language: request.language, view: request.view, words: .of(request.language), path: request.path,
            style: link(Assets.styleName) ?? .path([Assets.folder]), script: link(Assets.entryName),
            module: link(Assets.moduleName), walletHost: settings.walletHost, takesReports: outbox != nil)
    }

    /// An error as a page, or as JSON where the client would rather have that.
    func failure(_ error: WebError, to request: WebRequest, isOfCode: Bool = false) -> WebAnswer {
        guard request.wantsPage else { return WebAnswer(error: error) }
        let context = context(of: request)
        let failures = context.words.failures
        let status = error.errorClass.httpStatus
        let notice =
            switch (error.code, status) {
            case (.objectUnknown, _): context.words.verdicts.objectUnknown
            case (.logDamaged, _): failures.logDamaged
            case (_, 404): failures.pathUnknown
            case (_, 429), (_, 500...): failures.unavailable
            default: failures.badRequest
            }
        return page(
            NoticePage(context: context, banner: Banner(.open, notice), code: error.codeText).bytes, status: status,
            isOfCode: isOfCode)
    }

    /// A page as an answer.
    func page(
        _ bytes: [UInt8], status: Int = 200, isOfCode: Bool = true, hasForm: Bool = false
    ) -> WebAnswer {
        var answer = WebAnswer(
            status: status, kind: .page(isOfCode: isOfCode, hasForm: hasForm),
            type: Representation.html.contentType, bytes: bytes)
        answer.vary = "Accept, Accept-Language"
        return answer
    }
}

extension WebRequest {
    /// Whether the client would rather have a page than JSON.
    var wantsPage: Bool {
        Representation.chosen(linkType: nil, accept: accept) == .html && (accept?.contains("html") == true)
    }
}
