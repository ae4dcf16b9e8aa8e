import TraceLog

/// The style sheet and the scripts, security.txt, and whether the service is well.
struct FixedRoutes: Sendable {
    /// How far ahead security.txt says that it ends (RFC 9116 §2.5.5).
    private static let securityDays: Int64 = 90

    let site: PublicSite
    private let files: AssetFiles

    init(_ site: PublicSite) {
        self.site = site
        files = AssetFiles(site.assets)
    }

    func asset(_ name: String) -> WebAnswer {
        files.answer(name) ?? WebAnswer(error: WebError.pathUnknown)
    }

    /// security.txt (RFC 9116).
    func securityText() -> WebAnswer {
        guard let contact = site.settings.securityContact else { return WebAnswer(error: WebError.pathUnknown) }
        let day = Int64(clamping: site.settings.nowMilliseconds()) / 86_400_000
        let end = TraceEvent.utc((day + Self.securityDays) * 86_400_000)
        let text = """
            Contact: \(contact)
            Expires: \(end)
            Preferred-Languages: zh, en
            Canonical: https://\(site.settings.codeHost)/.well-known/security.txt

            """
        return WebAnswer(kind: .data, type: "text/plain; charset=utf-8", bytes: Array(text.utf8))
    }

    /// 200 where codes can be checked, the log can be read and the daemon is well; otherwise 503 and what is amiss.
    func health() async -> WebAnswer {
        var faults: [String] = []
        if (try? site.issuer.trust(at: site.now)) == nil { faults.append("tree") }
        if (try? await site.log.checkpoint()) == nil { faults.append("log") }
        if await !site.daemon.isWell() { faults.append("daemon") }
        let text = faults.isEmpty ? "ok\n" : faults.joined(separator: " ") + "\n"
        var answer = WebAnswer(
            status: faults.isEmpty ? 200 : 503, kind: .data, type: "text/plain; charset=utf-8",
            bytes: Array(text.utf8), isTagged: false)
        answer.cacheControl = "no-store"
        return answer
    }
}
