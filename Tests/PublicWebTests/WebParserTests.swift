import Credential
import Encoding
import TestSupport
import Testing
import TraceLog

@testable import PublicWeb

@Suite("What the public pages read from a request, and how they write text")
struct WebParserTests {
    @Test("takes targets apart within limits")
    func targets() {
        #expect(RequestTarget("/O/ABC?lang=zh&a=%41+b")?.query == ["lang": "zh", "a": "A b"])
        #expect(RequestTarget("/")?.parts == [""])
        #expect(RequestTarget("/a//b/")?.parts == ["a", "", "b", ""])
        for text in ["", "a", "http://x/", "*", "/a b", "/é", "/#a", "/?a", "/?a=1&a=2", "/?a=%4", "/?a=%ff"] {
            #expect(RequestTarget(text) == nil, "\(text)")
        }
        let many = (0..<20).map { "a\($0)=1" }.joined(separator: "&")
        #expect(RequestTarget("/?" + many) == nil)
        #expect(RequestTarget("/" + String(repeating: "a", count: RequestTarget.byteCountMax)) == nil)
    }

    @Test("weighs lists, and leaves out what it cannot read")
    func weights() {
        let list = QualityList("a;q=0.5, b ; q=1.000,c;q=2, ,d;q=x,e;level=1;q=0.123, f;q=0.1234")
        #expect(list.items.map(\.value) == ["a", "b", "e"])
        #expect(list.items.map(\.weight) == [500, 1000, 123])
        #expect(QualityList(String(repeating: "a,", count: 2000)).items.isEmpty)
        #expect(QualityList(nil).items.isEmpty)
    }

    @Test("escapes all text and every value, and knows no dangerous element")
    func escaping() {
        var bytes: [UInt8] = []
        HTML.of(.p, [.class("\"><script>")], .text("<&>\"'\u{0}\u{7}é"), .foreign("\u{202E}x")).append(to: &bytes)
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == "<p class=\"&quot;&gt;&lt;script&gt;\">&lt;&amp;&gt;&quot;&#39;\u{FFFD}\u{FFFD}é<bdi>\u{202E}x</bdi></p>"
        )
        for tag in ["style", "iframe", "object", "embed", "base", "svg", "img"] {
            #expect(HTMLTag(rawValue: tag) == nil)
        }
        #expect(LinkAddress.path(["a b", "../x", "javascript:"]).text == "/a%20b/..%2Fx/javascript%3A")
        #expect(
            LinkAddress.geo(latitudeMicrodegrees: -1, longitudeMicrodegrees: 180_000_000).text
                == "geo:-0.000001,180.000000")
    }

    @Test("has words for every category, step, disposition and kind of report in both languages")
    func words() {
        #expect(Set(CategoryWords.chinese.keys) == Set(ObjectCategory.table.map(\.name)))
        for language in PageLanguage.allCases {
            let steps = BusinessStep.allCases.map { StepWords.text($0, language) }
            #expect(Set(steps).count == steps.count && !steps.contains(""))
            let dispositions = Disposition.allCases.map { DispositionWords.text($0, language) }
            #expect(Set(dispositions).count == dispositions.count)
            #expect(Set(Words.of(language).reporting.kinds.keys) == Set(FaultReport.kinds))
        }
    }

    @Test("puts the digest of every file that a script names into the script, and refuses circles and gaps")
    func assets() throws {
        let files = try Assets(sources: [
            ("page.js", Array("import { a } from \"./a.js\"; const m = \"./reader.wasm\"; \"./not this\"".utf8)),
            ("a.js", Array("export const a = 1".utf8)), ("reader.wasm", [0, 1, 2]),
        ])
        let page = try #require(files.file(named: "page.js"))
        let text = String(decoding: page.bytes, as: UTF8.self)
        for name in ["a.js", "reader.wasm"] {
            #expect(text.contains("\"./\(try #require(files.file(named: name)).path)\""))
        }
        #expect(text.contains("\"./not this\""))
        let circle = [("a.js", Array("\"./b.js\"".utf8)), ("b.js", Array("\"./a.js\"".utf8))]
        #expect(throws: WebError.self) { try Assets(sources: circle) }
        #expect(throws: WebError.self) { try Assets(sources: [("a.js", Array("\"./b.js\"".utf8))]) }
        #expect(throws: WebError.self) { try Assets(sources: [("a.txt", [])]) }
    }

    @Test("has every file of the folder Assets in the program")
    func embedded() throws {
        let outcome = try Program(path: "/usr/bin/env").run(["ls", "\(ProjectFiles.root)/Sources/PublicWeb/Assets"])
        let names = outcome.output.split(separator: "\n").map(String.init)
        #expect(names.sorted() == Assets.embedded.map(\.name).sorted())
        for (name, bytes) in Assets.embedded {
            #expect(bytes == (try ProjectFiles.bytes("\(ProjectFiles.root)/Sources/PublicWeb/Assets/\(name)")))
        }
    }

    @Test("reads proofs as it writes them, and refuses every other text")
    func proofs() throws {
        let hash = MerkleHash.emptyRoot
        let proof = TransparencyProof(
            entry: [1, 2, 3], proof: InclusionProof(leafIndex: 5, treeSize: 9, path: [hash, hash]),
            checkpoint: Array("log\n9\nx\n\n— log AAAAAAA=\n".utf8))
        #expect(try TransparencyProof(bytes: proof.bytes) == proof)
        let text = String(decoding: proof.bytes, as: UTF8.self)
        for (from, to) in [
            ("index 5", "index 05"), ("index 5", "index"), ("@v1", "@v2"), ("extra ", "extra: "), ("AQID", "AQI"),
            ("\n\nlog", "\nlog"),
        ] {
            let changed = text.replacing(from, with: to)
            #expect(changed != text)
            #expect(throws: TraceLogError.self) { try TransparencyProof(bytes: Array(changed.utf8)) }
        }
    }
}
