import Encoding
import Glibc
import TestSupport
import Testing

@Suite("The routes of the public pages")
struct WebRouteTests {
    private let installation: WebInstallation
    private let object: String
    private let path: String

    init() throws {
        installation = try WebInstallation(options: ["--security-contact", "mailto:security@code.test"])
        object = try installation.object()
        path = try installation.path(of: object)
        try installation.append(object, "commissioning", ["--location", "Hall 1"])
        try installation.append(object, "inspecting")
        _ = try installation.eventually(path + "/proof/1") { $0.status == 200 }
    }

    private func json(_ answer: WireAnswer) throws -> JSONValue {
        try JSONValue.parse(answer.body, byteCountMax: 1 << 22)
    }

    @Test("give a code's other forms by Accept with weights, or by linkType")
    func forms() throws {
        for (accept, query, type) in [
            ("application/json", "", "application/json"), ("*/*", "", "text/html; charset=utf-8"),
            ("application/json;q=0.2, application/linkset+json;q=0.3", "", "application/linkset+json"),
            ("application/cwt, text/html;q=0.9", "", "application/cwt"), ("image/png", "", "text/html; charset=utf-8"),
            ("text/html", "?linkType=json", "application/json"),
            ("text/html", "?linkType=all", "application/linkset+json"),
            ("application/json;q=0, */*;q=0.1", "", "text/html; charset=utf-8"),
            ("text/html;q=2, application/json;q=0.1", "", "application/json"),
        ] {
            let answer = try installation.get(path + query, ["Accept": accept])
            #expect(answer.status == 200 && answer.fields["content-type"] == type, "\(accept) \(query)")
            #expect(
                answer.fields["link"]
                    == "<\(path)?linkType=linkset>; rel=\"linkset\"; type=\"application/linkset+json\"")
            #expect(answer.fields["cache-control"] == "no-cache")
        }
        #expect(try installation.get(path + "?linkType=png").status == 400)
        let signed = try installation.get(path + "?linkType=cwt")
        #expect(signed.body == (try Base32.decode(path.dropFirst(3))))
        let set = try json(try installation.get(path + "?linkType=linkset"))["linkset"]?.array?.first
        #expect(set?["anchor"]?.string == "https://code.test\(path)")
        for form in set?["alternate"]?.array ?? [] {
            let href = try #require(form["href"]?.string?.dropFirst("https://code.test".count))
            let answer = try installation.get(String(href))
            #expect(answer.fields["content-type"]?.hasPrefix(form["type"]?.string ?? "-") == true)
        }
        #expect(set?["alternate"]?.array?.count == 3)
    }

    @Test("give the events as JSON and as EPCIS")
    func events() throws {
        let plain = try json(try installation.get(path + "/events?from=1"))
        #expect(plain["events"]?.array?.count == 1 && plain["object"]?.string == object)
        #expect(plain["events"]?.array?.first?["sequence"] == .integer(1))
        for (query, accept) in [("?linkType=epcis", "*/*"), ("", "application/ld+json")] {
            let answer = try installation.get(path + "/events" + query, ["Accept": accept])
            #expect(answer.fields["content-type"] == "application/ld+json")
            #expect(try json(answer)["epcisBody"]?["eventList"]?.array?.count == 2)
        }
        #expect(try installation.get(path + "/events?from=x").status == 400)
    }

    @Test("give proofs that chain-verify takes, whole and unchanged alone")
    func proofs() throws {
        let key = try #require(try installation.answer(["log", "key"])["key"]?.string)
        let proof = try installation.get(path + "/proof/1")
        #expect(proof.fields["content-disposition"] == "attachment; filename=\"\(object)-1.tlog-proof\"")
        let file = try installation.folder.write(proof.body, to: "proof")
        let words = ["inclusion", "--key", key, "--proof"]
        let outcome = try Program("chain-verify").run(words + [file])
        #expect(outcome.status == 0 && outcome.output.hasPrefix("included at index 1 of "), "\(outcome.diagnostics)")
        for place in stride(from: 24, to: proof.body.count, by: 3) {
            var changed = proof.body
            changed[place] ^= 4
            let file = try installation.folder.write(changed, to: "changed")
            #expect(try Program("chain-verify").run(words + [file]).status != 0, "byte \(place)")
        }
        for (path, status) in [(path + "/proof/2", 404), (path + "/proof/-1", 404), (path + "/proof/01", 404)] {
            #expect(try installation.get(path).status == status)
        }
    }

    @Test("serve the log as tlog-tiles has it, and an auditor finds it intact")
    func log() throws {
        let checkpoint = try installation.get("/log/checkpoint")
        #expect(checkpoint.fields["content-type"] == "text/plain; charset=utf-8")
        let size = try #require(checkpoint.text.split(separator: "\n").dropFirst().first)
        for (path, status) in [
            ("/log/tile/0/000.p/\(size)", 200), ("/log/tile/entries/000.p/\(size)", 200), ("/log/tile/0/001", 404),
            ("/log/tile/0/0", 404), ("/log/../suishend.yaml", 404), ("/log/", 404), ("/log/.lock", 404),
        ] {
            let answer = try installation.get(path)
            #expect(answer.status == status && answer.fields["access-control-allow-origin"] == "*", "\(path)")
            if status == 200 {
                #expect(answer.fields["cache-control"] == "public, max-age=31536000, immutable")
                #expect(answer.fields["content-type"] == "application/octet-stream")
            }
        }
        let own = try installation.start(["--log", installation.folder("state/log")], host: "127.0.0.1")
        let key = try #require(try installation.answer(["log", "key"])["key"]?.string)
        let anchor = try installation.folder.write(checkpoint.body, to: "anchor")
        for web in [own, try installation.start(host: "127.0.0.1")] {
            let outcome = try Program("chain-verify").run([
                "audit", "http://127.0.0.1:\(web.port)/log", "--key", key, "--anchor", anchor, "--json",
            ])
            #expect(outcome.status == 0 && outcome.output.contains("\"verdict\":\"intact\""), "\(outcome.diagnostics)")
        }
    }

    @Test("serve the tree and its status lists, and nothing beside them")
    func tree() throws {
        for (path, type, file) in [
            ("/gates/bundle.cbor", "application/cose", "bundle.cbor"),
            ("/gates/root.pem", "application/x-pem-file", "root.pem"),
            ("/gates/status/hot", "application/suishen-hotlist+cwt", "status/hot"),
            ("/status/SH-object-lasting", "application/statuslist+cwt", "status/SH-object-lasting.cwt"),
            ("/gates/status/SH-object-lasting.cwt", "application/statuslist+cwt", "status/SH-object-lasting.cwt"),
        ] {
            let answer = try installation.get(path)
            #expect(answer.status == 200 && answer.fields["content-type"] == type, "\(path)")
            #expect(answer.body == (try ProjectFiles.bytes(installation.folder("tree/\(file)"))))
            #expect(answer.fields["cache-control"] == "public, no-cache")
        }
        try installation.folder.write(Array("outside".utf8), to: "outside")
        unsafe symlink(installation.folder("outside"), installation.folder("tree/status/SH-object-7.cwt"))
        for path in [
            "/gates/", "/gates/status/", "/gates/epoch-keys.cbor", "/gates/../outside", "/gates/status/../../outside",
            "/status/SH-object-7", "/status/..", "/status/.unfinished-a", "/gates/status/hot.cwt", "/status/a/b",
        ] { #expect(try installation.get(path).status == 404, "\(path)") }
    }

    @Test("answer conditions, ranges, codings and HEAD as RFC 9110 has it")
    func conditions() throws {
        let size = try #require(try installation.get("/log/checkpoint").text.split(separator: "\n").dropFirst().first)
        let tile = "/log/tile/0/000.p/\(size)"
        let whole = try installation.get(tile)
        let tag = try #require(whole.fields["etag"])
        for path in [path, tile, "/gates/bundle.cbor", "/log/checkpoint"] {
            let answer = try installation.get(path)
            let tag = try #require(answer.fields["etag"])
            for known in [tag, "W/\(tag)", "\"a\", \(tag)", "*"] {
                let same = try installation.get(path, ["If-None-Match": known])
                #expect(same.status == 304 && same.body.isEmpty && same.fields["etag"] == tag, "\(path) \(known)")
            }
            #expect(try installation.get(path, ["If-None-Match": "\"a\""]).status == 200)
            let head = try installation.get(path, method: "HEAD")
            #expect(head.status == 200 && head.body.isEmpty)
            #expect(head.fields["content-length"] == "\(answer.body.count)" && head.fields["etag"] == tag)
        }
        let count = whole.body.count
        for (range, part) in [
            ("bytes=0-9", 0..<10), ("bytes=10-", 10..<count), ("bytes=-5", count - 5..<count),
            ("bytes=0-99999", 0..<count), ("bytes=-99999", 0..<count),
        ] {
            let answer = try installation.get(tile, ["Range": range])
            #expect(answer.status == 206 && answer.body == Array(whole.body[part]), "\(range)")
            #expect(answer.fields["content-range"] == "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(count)")
        }
        for range in ["bytes=99999-", "bytes=-0"] {
            let answer = try installation.get(tile, ["Range": range])
            #expect(answer.status == 416 && answer.fields["content-range"] == "bytes */\(count)", "\(range)")
        }
        for range in ["bytes=0-1,4-5", "lines=0-1", "bytes=5-1", "bytes=a-", "bytes=-"] {
            #expect(try installation.get(tile, ["Range": range]).status == 200, "\(range)")
        }
        #expect(try installation.get(tile, ["Range": "bytes=0-1", "If-Range": tag]).status == 206)
        #expect(try installation.get(tile, ["Range": "bytes=0-1", "If-Range": "\"a\""]).status == 200)
    }

    @Test("serve the style sheet under its digest, as gzip to clients that take it")
    func assets() throws {
        let page = try installation.get(path).text
        let name = try #require(page.split(separator: "href=\"/a/").dropFirst().first?.prefix { $0 != "\"" })
        let plain = try installation.get("/a/\(name)")
        #expect(plain.body == (try ProjectFiles.bytes("\(ProjectFiles.root)/Sources/PublicWeb/Assets/style.css")))
        #expect(plain.fields["vary"] == "Accept-Encoding" && plain.fields["content-encoding"] == nil)
        let packed = try installation.get("/a/\(name)", ["Accept-Encoding": "br, gzip;q=0.5"])
        #expect(packed.fields["content-encoding"] == "gzip" && packed.body.starts(with: [0x1F, 0x8B]))
        #expect(packed.fields["etag"] != plain.fields["etag"])
        let file = try installation.folder.write(packed.body, to: "style.gz")
        let outcome = try Program(path: "/usr/bin/env").run(["gzip", "-dc", file])
        #expect(Array(outcome.output.utf8) == plain.body)
        #expect(try installation.get("/a/\(name)", ["Accept-Encoding": "gzip;q=0"]).fields["content-encoding"] == nil)
        #expect(try installation.get("/a/style.css").status == 404)
    }

    @Test("say where to report weaknesses, and whether the service is well")
    func fixed() throws {
        let text = try installation.get("/.well-known/security.txt")
        #expect(text.status == 200 && text.text.hasPrefix("Contact: mailto:security@code.test\nExpires: "))
        #expect(try installation.get("/healthz").text == "ok\n")
        #expect(try installation.start().get("/.well-known/security.txt").status == 404)
    }
}
