import TestSupport
import Testing

@testable import PublicWeb

@Suite("The page of the public routes")
struct WebPageLimitTests {
    @Test("has the limits that the program has")
    func limits() throws {
        let text = String(
            decoding: try ProjectFiles.bytes("\(ProjectFiles.root)/Sources/PublicWeb/PublicWeb.docc/Routes.md"),
            as: UTF8.self)
        var rows: [String: Int] = [:]
        for line in text.split(separator: "\n") where line.hasPrefix("| ") {
            let cells = line.split(separator: "|").map { $0.filter { $0 != "," } }
            guard cells.count == 2 else { continue }
            rows[String(cells[0].dropFirst().dropLast())] = Int(cells[1].filter { $0 != " " })
        }
        let expected = [
            "bytes of a request's head": WebServer.headByteCountMax, "header fields": WebServer.headerCountMax,
            "bytes of a target": RequestTarget.byteCountMax, "parameters of a query": RequestTarget.parameterCountMax,
            "bytes of a form": FaultReport.byteCountMax, "connections": WebServer.connectionCountMax,
            "seconds for a request's head": Int(WebServer.headSeconds),
            "seconds that a connection may be idle": Int(WebServer.idleSeconds),
            "events that are kept of one object": ObjectHistory.eventCountMax,
            "reports a minute": ReportOutbox.countAMinuteMax,
            "reports of one object an hour": ReportOutbox.countAnObjectMax,
            "bytes of the outbox": ReportOutbox.byteCountMax,
        ]
        for (name, value) in expected { #expect(rows[name] == value, "\(name)") }
        let ages = [IssuerView.ageMillisecondsMax, ObjectHistories.ageMillisecondsMax, PublishedLog.ageMillisecondsMax]
        #expect(ages + [PageCache.ageMillisecondsMax] == [1000, 1000, 1000, 1000])
    }
}
