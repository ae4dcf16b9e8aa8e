import Glibc
import TestSupport
import Testing

@Suite("A published tree behind nginx", .enabled(if: NginxServer.isInstalled))
struct NginxTests {
    private static let start: UInt64 = 1_790_000_000
    private let run: SuishenRun
    private let tree: String
    private let nginx: NginxServer

    init() throws {
        run = try SuishenRun(at: Self.start)
        tree = run.folder("tree")
        try run.answer(["publish", "--out", tree, "--at", "\(Self.start)"])
        try run.folder.write(Array("secret".utf8), to: "tree/epoch-keys.cbor")
        try run.folder.write(Array("unfinished".utf8), to: "tree/status/.unfinished-abcdef")
        nginx = try NginxServer(tree: tree, beside: run.folder)
    }

    @Test("is handed out with each file's type, a strong ETag and no date, and costs a 304 when it is known")
    func files() throws {
        let types = [
            "bundle.cbor": "application/cose", "root.pem": "application/x-pem-file",
            "status/hot": "application/suishen-hotlist+cwt",
            "status/SH-object-lasting.cwt": "application/statuslist+cwt",
            "status/SH-object-lasting": "application/statuslist+cwt",
        ]
        for (path, type) in types {
            let answer = try nginx.ask("/gates/\(path)")
            #expect(answer.status == 200, "\(path): \(nginx.log)")
            let file = path.hasSuffix("lasting") ? path + ".cwt" : path
            #expect(try answer.body == ProjectFiles.bytes("\(tree)/\(file)"))
            #expect(answer.headers["content-type"] == type, "\(path)")
            #expect(answer.headers["cache-control"] == "public, no-cache")
            #expect(answer.headers["last-modified"] == nil && answer.headers["x-content-type-options"] == "nosniff")
            let etag = try #require(answer.headers["etag"])
            #expect(etag.hasPrefix("\"") && etag.count > 8)
            let again = try nginx.ask("/gates/\(path)", ["-H", "If-None-Match: \(etag)"])
            #expect(again.status == 304 && again.body.isEmpty && again.headers["etag"] == etag)
            #expect(try nginx.ask("/gates/\(path)", ["-H", "If-None-Match: \"0-0\""]).status == 200)
            #expect(try nginx.ask("/gates/\(path)", ["-I"]).status == 200)
            // A date proves nothing about the content.
            let dated = ["-H", "If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT"]
            #expect(try nginx.ask("/gates/\(path)", dated).status == 200)
        }
    }

    @Test("has ETags that stay with the content, change within one second, and are the same for a copy")
    func etags() throws {
        func tags() throws -> [String?] {
            try ["bundle.cbor", "status/hot", "status/SH-object-lasting.cwt"].map {
                try nginx.ask("/gates/\($0)").headers["etag"]
            }
        }
        let before = try tags()
        try run.answer(["publish", "--out", tree, "--at", "\(Self.start + 1)"])
        #expect(try tags() == before)
        // Hot lists of the same length, written within one second.
        var seen: Set<String?> = [before[1]]
        for round in 0..<4 {
            unsafe unlink("\(tree)/status/hot")
            try run.answer(["publish", "--out", tree, "--at", "\(Self.start + 10 + UInt64(round))"])
            let now = try tags()
            #expect(seen.insert(now[1]).inserted && now[0] == before[0] && now[2] == before[2])
        }
        // Replaced by a copy with another time: the next publication sets the time again.
        let after = try tags()
        let bytes = try ProjectFiles.bytes("\(tree)/status/hot")
        unsafe unlink("\(tree)/status/hot")
        try run.folder.write(bytes, to: "tree/status/hot")
        #expect(try tags() != after)
        try run.answer(["publish", "--out", tree, "--at", "\(Self.start + 14)"])
        #expect(try tags() == after)
    }

    @Test("is all that is handed out: no listing, no other file, no link, no way out of the folder")
    func nothingElse() throws {
        try run.folder.write(Array("outside".utf8), to: "outside")
        unsafe symlink(run.folder("outside"), "\(tree)/status/SH-object-7.cwt")
        let paths = [
            "/", "/gates", "/gates/", "/gates/status", "/gates/status/", "/gates/epoch-keys.cbor",
            "/gates/status/.unfinished-abcdef", "/bundle.cbor", "/status/hot", "/gates/status/hot/",
            "/gates/../state/suishend.yaml", "/gates/status/../../state/suishend.yaml", "/gates/%2e%2e/outside",
            "/gates/status/..%2f..%2foutside", "/gates//bundle.cbor%00",
            "/gates/status/SH-object-8.cwt", "/gates/keys/00", "/gates/status/hot.cwt",
        ]
        for path in paths {
            let answer = try nginx.ask(path)
            #expect([400, 403, 404].contains(answer.status), "\(path): \(answer.status)")
            let body = String(decoding: answer.body, as: UTF8.self)
            #expect(!body.contains("Index of") && !body.contains("secret") && !body.contains("issuer"))
        }
        let link = try nginx.ask("/gates/status/SH-object-7.cwt")
        #expect([403, 404].contains(link.status) && !link.body.elementsEqual("outside".utf8))
    }

    @Test("takes no method but GET and HEAD")
    func methods() throws {
        for method in ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND", "TRACE"] {
            let answer = try nginx.ask("/gates/bundle.cbor", ["-X", method])
            #expect(answer.status == 405, "\(method): \(answer.status)")
        }
        #expect(try nginx.ask("/gates/bundle.cbor", ["-d", String(repeating: "x", count: 5000)]).status == 413)
    }

    @Test("serves whole files while they are replaced")
    func replaced() throws {
        for round in UInt64(1)...4 {
            try run.answer(["publish", "--out", tree, "--at", "\(Self.start + round * 90_000)"])
            for path in ["bundle.cbor", "status/hot"] {
                #expect(try nginx.ask("/gates/\(path)").body == ProjectFiles.bytes("\(tree)/\(path)"))
            }
        }
    }
}
