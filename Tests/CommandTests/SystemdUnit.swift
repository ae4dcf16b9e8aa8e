import TestSupport

/// A unit of `tools/systemd`, as its lines say it.
struct SystemdUnit {
    let name: String
    let text: String
    private let settings: [(key: String, value: String)]

    init(_ name: String) throws {
        self.name = name
        text = String(decoding: try ProjectFiles.bytes("\(ProjectFiles.root)/tools/systemd/\(name)"), as: UTF8.self)
        settings = text.replacing("\\\n", with: " ").split(separator: "\n").compactMap { line in
            guard !line.hasPrefix("#"), let sign = line.firstIndex(of: "=") else { return nil }
            return (String(line[..<sign]), String(line[line.index(after: sign)...]))
        }
    }

    /// The values of a setting, in order.
    func values(_ key: String) -> [String] { settings.filter { $0.key == key }.map(\.value) }

    /// The words of `ExecStart`.
    var start: [String] { values("ExecStart").first?.split(separator: " ").map(String.init) ?? [] }

    /// The families of sockets that its processes may open.
    var families: Set<String> {
        Set(values("RestrictAddressFamilies").flatMap { $0.split(separator: " ").map(String.init) }).subtracting([
            "none"
        ])
    }

    /// The names of the system calls that its processes may make (systemd.exec(5), SystemCallFilter=).
    func systemCalls() throws -> Set<String> {
        let sets = try SystemCallSets()
        var allowed: Set<String> = []
        for value in values("SystemCallFilter") {
            let isDenied = value.hasPrefix("~")
            let named = value.drop { $0 == "~" }.split(separator: " ").map(String.init)
            let calls = Set(named.flatMap { sets.calls(of: $0) })
            if isDenied { allowed.subtract(calls) } else { allowed.formUnion(calls) }
        }
        return allowed
    }
}

/// The sets of system calls that systemd knows by a name with an at sign.
private struct SystemCallSets {
    private var members: [String: [String]] = [:]

    init() throws {
        let listing = try Program(path: "/usr/bin/env").run(["systemd-analyze", "syscall-filter", "--no-pager"])
        var set = ""
        for line in listing.output.split(separator: "\n") {
            let word = line.drop { $0 == " " }
            if word.hasPrefix("#") { continue }
            if line.hasPrefix(" ") { members[set, default: []].append(String(word)) } else { set = String(word) }
        }
    }

    /// The calls of a set, or the one that is named.
    func calls(of name: String) -> [String] {
        name.hasPrefix("@") ? members[name, default: []].flatMap(calls) : [name]
    }
}
