import Encoding
import TestSupport
import Testing

/// A running `suishen-web gate`, asked as its page asks it.
final class KioskProcess {
    let program: PipedProgram
    let port: UInt16

    /// Starts a kiosk and waits until it serves.
    ///
    /// - Parameters:
    ///   - options: the options of the gate.
    ///   - at: the time in place of the clock.
    ///   - clock: the clock that it reads.
    ///   - words: the words that start the command, in place of the clock's.
    /// - Throws: ``KioskNotReady`` where it ends before it serves.
    convenience init(
        _ options: [String], at: UInt64? = nil, clock: SetClock? = nil, under words: [String]? = nil
    ) throws {
        let arguments = ["gate", "--listen", "127.0.0.1:0"] + options + (at.map { ["--at", "\($0)"] } ?? [])
        let script = words.map { "exec env \($0.joined(separator: " ")) \"$0\" \"$@\"" }
        try self.init(
            PipedProgram("suishen-web", arguments, script: script ?? "exec \"$0\" \"$@\"", clock: clock))
    }

    /// Waits until a kiosk serves that was started already.
    init(_ program: PipedProgram) throws {
        self.program = program
        do {
            let line = String(decoding: try program.readLine(), as: UTF8.self)
            try #require(line.hasPrefix("suishen-web: ready on 127.0.0.1:"), "\(line)")
            port = try #require(line.split(separator: ":").last.flatMap { UInt16($0) })
        } catch {
            throw KioskNotReady(diagnostics: try program.diagnostics())
        }
    }

    var host: String { "127.0.0.1:\(port)" }
    var origin: String { "http://\(host)" }

    /// The fields that a browser sends with a request of the kiosk's own page.
    var ownFields: [String: String] {
        ["Host": host, "Origin": origin, "Sec-Fetch-Site": "same-origin", "Content-Type": "application/json"]
    }

    /// One request on a connection of its own; nil where the connection ends without an answer.
    func send(
        _ method: String, _ path: String, _ fields: [String: String], body: [UInt8] = []
    ) throws -> WireAnswer? {
        let connection = try WebConnection(port: port)
        var head = "\(method) \(path) HTTP/1.1\r\nConnection: close\r\n"
        for (name, value) in fields { head += "\(name): \(value)\r\n" }
        if method == "POST" || !body.isEmpty { head += "Content-Length: \(body.count)\r\n" }
        connection.send(Array((head + "\r\n").utf8) + body)
        return WireAnswer(connection.readToEnd())
    }

    func get(_ path: String) throws -> WireAnswer {
        try #require(try send("GET", path, ["Host": host, "Sec-Fetch-Site": path == "/" ? "none" : "same-origin"]))
    }

    /// What the page asks; the answer's JSON.
    func post(_ path: String, _ body: JSONValue, status: Int = 200) throws -> JSONValue {
        guard let answer = try send("POST", path, ownFields, body: Array(body.encoded().utf8)) else {
            throw KioskNotReady(diagnostics: try program.diagnostics())
        }
        #expect(answer.status == status, "\(path): \(answer.text)")
        return try JSONValue.parse(answer.body, byteCountMax: 1 << 20)
    }

    func state() throws -> JSONValue {
        try JSONValue.parse(try get("/state").body, byteCountMax: 1 << 20)
    }

    /// The codes of the verdicts on one frame.
    func view(
        _ texts: [String], unread: [[[Int]]] = [], isSearched: Bool = true, film: String = "film0001"
    ) throws -> [String] {
        let answer = try post("/view", Self.frame(texts, unread: unread, isSearched: isSearched, film: film))
        return try #require(answer["verdicts"]?.array).compactMap { $0["code"]?.string }
    }

    /// The code of the verdict on one text.
    func scan(_ text: String) throws -> String? {
        try post("/scan", ["text": .string(text)])["verdicts"]?.array?.first?["code"]?.string
    }

    static func frame(
        _ texts: [String], unread: [[[Int]]] = [], isSearched: Bool = true, film: String = "film0001"
    ) -> JSONValue {
        ["codes": codes(texts), "unread": places(unread), "isSearched": .bool(isSearched), "film": .string(film)]
    }

    static func codes(_ texts: [String]) -> JSONValue {
        .array(
            texts.map { text in
                ["bytes": .string(Hex.encode(Array(text.utf8))), "corners": places([square])[0]]
            })
    }

    /// The corners of a code in the picture's upper left.
    static let square = [[10, 10], [90, 10], [90, 90], [10, 90]]

    private static func places(_ places: [[[Int]]]) -> JSONValue {
        .array(places.map { place in .array(place.map { point in .array(point.map { .integer(Int64($0)) }) }) })
    }
}

extension JSONValue {
    fileprivate subscript(place: Int) -> JSONValue { array?[place] ?? .null }
}

/// A kiosk ended before it served or answered.
struct KioskNotReady: Error {
    let diagnostics: String
}

extension VerifyGate {
    /// The options of a gate at a scene.
    func options(_ scene: String, _ more: String...) -> [String] {
        ["--bundle", folder, "--scene", scene] + more
    }
}
