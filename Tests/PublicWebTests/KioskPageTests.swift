import Platform
import TestSupport
import Testing

@testable import PublicWeb

@Suite("The page of the kiosk's requests")
struct KioskPageTests {
    private let page: String

    init() throws {
        let path = "\(ProjectFiles.root)/Sources/PublicWeb/PublicWeb.docc/Kiosk.md"
        page = String(decoding: try ProjectFiles.bytes(path), as: UTF8.self)
    }

    /// The rows of the table below a heading, each as its cells.
    private func rows(_ heading: String) throws -> [[String]] {
        let lines = page.split(separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(lines.firstIndex { $0.hasSuffix("# \(heading)") })
        let table = lines[(start + 1)...].drop { !$0.hasPrefix("|") }.prefix { $0.hasPrefix("|") }.dropFirst(2)
        return table.map { line in
            line.split(separator: "|").map { $0.trimming { $0 == " " || $0 == "`" } }
        }
    }

    @Test("has the limits")
    func limits() throws {
        let limits = try Dictionary(
            uniqueKeysWithValues: rows("Limits").map { ($0[0], Int($0[1].replacing(",", with: "")) ?? -1) })
        #expect(
            limits == [
                "bytes of a body": KioskOperation.byteCountMax,
                "codes of a picture, read or unread": KioskOrder.codeCountMax,
                "bytes of a code or text": 8192, "codes decided on together": 8,
                "letters and digits of a film's name, at most": KioskOrder.filmByteCounts.upperBound,
                "letters and digits of a film's name, at least": KioskOrder.filmByteCounts.lowerBound,
                "former films remembered": KioskFilms.formerCountMax,
                "seconds without a frame after which the view is empty":
                    Int(KioskGate.silenceMicroseconds / 1_000_000),
                "connections": KioskServer.connectionCountMax,
            ])
    }

    @Test("has every request, and errors with their status")
    func requests() throws {
        let requests = try rows("The requests").map { $0[0] }
        for operation in KioskOperation.allCases { #expect(requests.contains("POST \(operation.path)")) }
        for row in try rows("Errors") {
            let code = try #require(WebError.Code(rawValue: row[0]), "\(row)")
            #expect(Int(row[1]) == code.errorClass.httpStatus, "\(row)")
        }
    }

    @Test("gives the view to the newest film, and remembers a limited number of others")
    func films() throws {
        var films = KioskFilms()
        #expect(try films.take("a"))
        #expect(try !films.take("a"))
        for number in 0..<KioskFilms.formerCountMax { #expect(try films.take("b\(number)")) }
        #expect(throws: WebError.self) { try films.take("a") }
        #expect(try films.take("c"))
        #expect(try films.take("a"), "the oldest one is forgotten")
    }
}

extension StringProtocol {
    fileprivate func trimming(_ isTrimmed: (Character) -> Bool) -> String {
        String(drop(while: isTrimmed).reversed().drop(while: isTrimmed).reversed())
    }
}
