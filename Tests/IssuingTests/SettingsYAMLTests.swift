import Encoding
import Issuing
import TestSupport
import Testing

private let python = ProjectFiles.root + "/.venv/bin/python"

/// PyYAML reads what this project reads, and the other way round.
@Suite(
    "The settings, beside another reader of YAML",
    .enabled(if: ProjectFiles.exists(python), "tools/setup --python makes .venv, whose PyYAML is compared with"))
struct SettingsYAMLTests {
    /// For each text: null where PyYAML refuses it; otherwise what it reads, as a settings file of one line a value, and
    /// the values with their types.
    private static let program = """
        import json, sys, yaml
        def written(node):
            return json.dumps(node.value, ensure_ascii=False) if node.style else node.value
        def canonical(text):
            root = yaml.compose(text, Loader=yaml.SafeLoader)
            if root is None: return ""
            lines = []
            for key, value in root.value:
                if isinstance(value, yaml.MappingNode):
                    lines.append(key.value + ":" + ("" if value.value else " {}"))
                    for user, words in value.value:
                        lines.append("  %s: [%s]" % (user.value, ", ".join(written(word) for word in words.value)))
                elif isinstance(value, yaml.SequenceNode):
                    lines.append("%s: [%s]" % (key.value, ", ".join(written(word) for word in value.value)))
                else:
                    lines.append(key.value + ": " + written(value))
            return "\\n".join(lines)
        def answer(text):
            try:
                values = json.dumps(yaml.safe_load(text), default=str)
                return {"canonical": canonical(text), "values": json.loads(values)}
            except (yaml.YAMLError, ValueError, TypeError, AttributeError): return None
        texts = json.load(sys.stdin)
        json.dump([answer(text) for text in texts], sys.stdout)
        """

    private static func read(_ texts: [String]) throws -> [JSONValue] {
        let folder = try ScratchFolder()
        let input = try folder.write(Array(JSONValue.array(texts.map { .string($0) }).encoded().utf8), to: "texts")
        let script = try folder.write(Array(program.utf8), to: "read.py")
        let outcome = try Program(path: "/bin/sh").run(["-c", "\(python) \(script) < \(input)"])
        try #require(outcome.status == 0, "\(outcome.diagnostics)")
        return try #require(JSONValue.parse(Array(outcome.output.utf8), byteCountMax: 64 << 20).array)
    }

    private static func all() throws -> Settings {
        var settings = try Settings(
            text: """
                roles:
                  1001: [issuer:object, inspector:91350100M000100Y43]
                  1002: [issuer, inspector:*]
                  0: []
                """)
        settings.beat = "/srv/beat of #1: \"it's\" \\here"
        settings.socket.mode = 0o660
        settings.socket.group = 1001
        return settings
    }

    @Test("are written so that each value has its type there: a text is a text, and a number a number")
    func written() throws {
        var all = try Self.all()
        for issuer in ["NO", "y", "Null", "12", "1e3", "0x1F", "SH"] {
            all.issuer = issuer
            all.host = "1.5"
            #expect(try Settings(text: all.text) == all)
            let values = try #require(try Self.read([all.text])[0]["values"])
            #expect(values["issuer"] == .string(issuer) && values["host"] == "1.5")
            #expect(values["socketMode"] == "0660" && values["socketGroup"] == 1001)
            #expect(values["beat"] == all.beat.map { .string($0) } && values["personLifetimeSeconds"] == 86400)
            #expect(values["roles"]?["1001"] == ["issuer:object", "inspector:91350100M000100Y43"])
        }
    }

    @Test("are refused wherever the other reader refuses them or reads another value")
    func agree() throws {
        let pieces = [
            " #", "#", ":", ": ", "\"", "'", "\t", "\n", " ", "\r", "\r\n", "- ", "[", "]", "{", ",", "&a ", "*a",
            "!t ",
            "|", "\\", "\u{85}", "\u{2028}", "\u{7}", "---\n", "0", "é", " #\u{301}",
        ]
        let seed = """
            issuer: SH # the name
            beat: "/srv/a b" # where
            host: 'CODE.EXAMPLE'
            socketMode: 0600
            paperLifetimeSeconds: 86400
            # a comment
            roles:
              1001: [issuer:object, auditor]
              1002: []
            beatless: 1
            """.replacing("beatless: 1", with: "socketGroup: own")
        let plain = seed.replacing("\"/srv/a b\"", with: "/srv/a b")
        let marked = [plain.replacing("a b", with: "a #\u{301}"), seed.replacing("\" #", with: "\"\u{301} #")]
        var texts = ["", seed, plain, seed.replacing("\n", with: "\r\n")]
        for text in [seed, plain] {
            // Every second place: Python takes its time.
            for (number, index) in text.indices.enumerated() where number % 2 == 0 {
                let (before, after) = (String(text[..<index]), String(text[index...]))
                texts += pieces.map { before + $0 + after } + [before + after.dropFirst()]
            }
        }
        #expect(marked.allSatisfy { (try? Settings(text: $0)) == nil })
        var acceptedCount = 0
        for (text, other) in zip(texts, try Self.read(texts)) {
            guard let settings = try? Settings(text: text) else { continue }
            acceptedCount += 1
            let canonical = try #require(other["canonical"]?.string, "PyYAML refuses \(text.debugDescription)")
            #expect((try? Settings(text: canonical)) == settings, "\(text.debugDescription)")
        }
        #expect(acceptedCount > texts.count / 20, "\(acceptedCount) of \(texts.count)")
    }
}
