import Encoding
import Glibc
import TestSupport
import Testing

@Suite("The page that a code opens")
struct CodePageTests {
    private static let html = ["Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"]
    private let installation: WebInstallation

    init() throws {
        installation = try WebInstallation()
        try installation.answer([
            "enterprise", "register", "--uscc", WebInstallation.uscc, "--name", "上海示例科技有限公司",
        ])
    }

    private func page(_ path: String, _ more: [String: String] = [:]) throws -> WireAnswer {
        try installation.get(path, Self.html.merging(more) { $1 })
    }

    @Test("says that the code is genuine, in both cases of the path, and is complete without a script")
    func genuine() throws {
        let place = try installation.object(
            "place", category: "park", ["--latitude", "31.230416", "--longitude", "121.473701", "--name", "人民公园"])
        let path = try installation.path(of: place)
        for path in [path, path.lowercased(), "/o" + path.dropFirst(2)] {
            let answer = try page(path)
            #expect(answer.status == 200 && answer.fields["content-type"] == "text/html; charset=utf-8")
            for text in [
                "<html lang=\"zh-CN\">", "data-tone=\"good\"", "真码，有效", "人民公园", "场所 · 公园", "上海示例科技有限公司",
                "href=\"geo:31.230416,121.473701\"", "还没有任何记录", "尚未在此浏览器中核验", "chain-verify object \(place) \\",
                "chain-verify audit https://\(WebInstallation.host)/log \\",
                "href=\"/E/\(WebInstallation.uscc)?lang=zh\"",
            ] { #expect(answer.text.contains(text), "\(text)") }
            #expect(Self.hasOwnScriptsOnly(answer.text) && !answer.text.contains("style="))
        }
    }

    @Test("speaks Chinese or English, by Accept-Language and by the switch, in two sizes")
    func languages() throws {
        let path = try installation.path(of: try installation.object())
        for (query, field, lang) in [
            ("", "en;q=0.5, zh;q=0.4", "en"), ("", "en;q=0.5, zh-TW", "zh-CN"), ("?lang=en", "zh", "en"),
            ("?lang=zh", "en", "zh-CN"), ("", "fr", "zh-CN"), ("?lang=xx", "en-GB", "en"),
        ] {
            let answer = try page(path + query, ["Accept-Language": field])
            #expect(answer.text.contains("<html lang=\"\(lang)\">"), "\(query) \(field)")
            #expect(answer.fields["vary"] == "Accept, Accept-Language")
            #expect(answer.text.contains(lang == "en" ? "Genuine, in force" : "真码，有效"))
        }
        let large = try page(path + "?lang=en&view=large").text
        #expect(large.contains("<body class=\"large\"") && large.contains("?lang=zh&amp;view=large"))
    }

    @Test("tells the events in plain words, names personal and erased details, and shows none")
    func events() throws {
        let object = try installation.object()
        let path = try installation.path(of: object)
        try installation.append(object, "commissioning", ["--location", "<b>Hall & 1</b>"])
        let secret = try installation.append(
            object, "repairing", ["--field", "part=brake", "--personal", "mechanic=-"], input: Array("张三\n".utf8))
        try installation.answer(["event", "erase", object, "\(secret)", "--reason", "asked"])
        let done = try installation.eventually(path + "?lang=en", Self.html) {
            $0.text.split(separator: "data-mark=\"published\"").count == 4
        }
        for text in [
            "Put into service", "&lt;b&gt;Hall &amp; 1&lt;/b&gt;", "Repaired", "brake",
            "1 personal detail, not public · 1 of them erased", "Personal details of record 2 were erased",
            "In the public log", "/proof/2\"", "3 records, newest first",
        ] { #expect(done.text.contains(text), "\(text)") }
        #expect(!done.text.contains("张三") && !done.text.contains("mechanic") && !done.text.contains("<b>"))
    }

    @Test("pages through a long history")
    func pages() throws {
        let object = try installation.object()
        let path = try installation.path(of: object)
        let line = "{\"object\":\"\(object)\",\"step\":\"inspecting\"}\n"
        try installation.folder.write(Array(String(repeating: line, count: 1105).utf8), to: "events")
        let outcome = try Program("suishen").run([
            "event", "append", "--from", installation.folder("events"), "--socket", installation.socket, "--json",
        ])
        try #require(outcome.status == 0)
        let first = try installation.eventually(path + "?lang=en", Self.html) { $0.text.contains("Page 1 of 23") }
        #expect(first.text.contains("id=\"event-1104\"") && first.text.contains("id=\"event-1055\""))
        #expect(!first.text.contains("id=\"event-1054\""))
        let last = try page(path + "?lang=en&page=23").text
        #expect(last.contains("id=\"event-0\"") && last.contains("Newer records") && !last.contains("Older records"))
        #expect(try page(path + "?lang=en&page=999").text == last)
        #expect(try page(path + "?lang=en&page=-4").text == first.text)
        let events = try installation.get(path + "/events?from=1000")
        let json = try JSONValue.parse(events.body, byteCountMax: 1 << 22)
        #expect(json["events"]?.array?.count == 105 && json["next"] == .null)
        let beginning = try JSONValue.parse(try installation.get(path + "/events").body, byteCountMax: 1 << 22)
        #expect(beginning["events"]?.array?.count == 1000 && beginning["next"] == .integer(1000))
    }

    @Test("of an enterprise shows its card, and leaves a script in a name as text")
    func enterprises() throws {
        let name = "<script>alert(1)</script>\"'&"
        let subject = try installation.subject([
            "enterprise", "register", "--uscc", WebInstallation.other, "--name", name,
        ])
        let escaped = "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;"
        for path in [
            try installation.path(of: subject), "/E/\(WebInstallation.other)",
            "/e/\(WebInstallation.other.lowercased())",
        ] {
            let answer = try page(path)
            #expect(
                answer.status == 200 && answer.text.contains(escaped) && Self.hasOwnScriptsOnly(answer.text), "\(path)")
        }
        #expect(try page("/E/91310000MA1FL00000").status == 400)
        let unknown = try page("/E/91440101MA59ABCD5N")
        #expect([400, 404].contains(unknown.status))
    }

    @Test("turns to a banner once the code is revoked, and stays an answer")
    func revoked() throws {
        let object = try installation.object()
        let path = try installation.path(of: object)
        #expect(try page(path).text.contains("data-tone=\"good\""))
        try installation.answer(["revoke", object])
        let answer = try installation.eventually(path, Self.html) { $0.text.contains("data-tone=\"bad\"") }
        #expect(answer.status == 200 && answer.text.contains("此码已撤销") && !answer.text.contains("data-tone=\"good\""))
        let json = try JSONValue.parse(
            try installation.get(path, ["Accept": "application/json"]).body, byteCountMax: 1 << 16)
        #expect(json["inForce"] == .bool(false) && json["status"]?["state"]?.string == "revoked")
    }

    @Test("says what the code proves while the daemon is away, and that the history cannot be read")
    func daemonAway() throws {
        let path = try installation.path(of: try installation.object())
        #expect(try page(path).status == 200)
        installation.stopDaemon()
        let away = try installation.eventually(path, Self.html) { $0.status == 503 }
        #expect(away.status == 503 && away.text.contains("data-tone=\"good\"") && away.text.contains("现在读不到记录"))
        #expect(away.fields["retry-after"] == "5")
        #expect(try installation.get(path + "/events").status == 503)
        #expect(try installation.get("/healthz").status == 503)
        try installation.startDaemon()
        #expect(try installation.eventually(path, Self.html) { $0.status == 200 }.text.contains("还没有任何记录"))
    }

    @Test("has its history at once after the daemon was started again, whose former connections are gone")
    func daemonRestarted() throws {
        let paths = try (0..<4).map { _ in try installation.path(of: try installation.object()) }
        #expect(try page(paths[0]).status == 200)
        for (path, signal) in zip(paths.dropFirst(), [SIGKILL, SIGTERM, SIGKILL]) {
            installation.stopDaemon(by: signal)
            try installation.startDaemon()
            let answer = try page(path)
            #expect(answer.status == 200 && answer.text.contains("还没有任何记录"), "after signal \(signal)")
        }
    }

    /// Whether every script of a page is a module that the service serves by its digest.
    private static func hasOwnScriptsOnly(_ text: String) -> Bool {
        text.split(separator: "<script", omittingEmptySubsequences: false).dropFirst().allSatisfy {
            $0.prefixMatch(of: #/ type="module" src="/a/[0-9a-f]{64}\.js"/#) != nil
        }
    }
}
