import IssuerInterface
import Issuing
import Platform
import TestSupport
import Testing

@Suite("The interface's document")
struct InterfaceDocumentTests {
    @Test("has every route of the daemon, and no other")
    func routes() throws {
        let text = String(decoding: try ProjectFiles.bytes(ProjectFiles.root + "/openapi.yaml"), as: UTF8.self)
        var documented: Set<String> = []
        var path = ""
        for line in text.split(separator: "\n") {
            if line.hasPrefix("components:") { break }
            if line.hasPrefix("  /") { path = String(line.dropFirst(2).dropLast()) }
            for method in ["get", "post", "put", "delete", "patch"] where line == "    \(method):" {
                documented.insert("\(method.uppercased()) \(path)")
            }
        }
        let served = Route.table.map { route in
            "\(route.method.rawValue) \(String(route.pattern.text.split(separator: "*").joined()))"
        }
        #expect(documented == Set(served))
    }

    @Test("has for every route the statuses of the error classes that can occur there, and no status without a class")
    func statuses() throws {
        let documented = try documentedStatuses()
        let known = Set([200, 202, 304] + ErrorClass.allCases.map { $0.behindService.httpStatus })
        for route in Route.table {
            let path = String(route.pattern.text.split(separator: "*").joined())
            let name = "\(route.method.rawValue) \(path)"
            let statuses = try #require(documented[name], "\(name)")
            var classes: [ErrorClass] = [.requestMalformed, .notPermitted, .malfunction, .tooMany]
            if route.method == .post { classes.append(.requestTooLong) }
            // The registry, the beat and the signing keys can be away for a while; the daemon's own counts need none.
            if case .operation = route.answer { classes.append(.later) }
            #expect(statuses.contains(202) == (route.operation?.isConfirmable == true), "\(name)")
            #expect(statuses.isSuperset(of: classes.map(\.httpStatus)), "\(name): \(statuses)")
            #expect(statuses.contains(200) && statuses.isSubset(of: known), "\(name): \(statuses)")
        }
    }

    /// The statuses that the document lists, by method and path.
    private func documentedStatuses() throws -> [String: Set<Int>] {
        let text = String(decoding: try ProjectFiles.bytes(ProjectFiles.root + "/openapi.yaml"), as: UTF8.self)
        var (path, method) = ("", "")
        var statuses: [String: Set<Int>] = [:]
        for line in text.split(separator: "\n") {
            if line.hasPrefix("components:") { break }
            if line.hasPrefix("  /") { path = String(line.dropFirst(2).dropLast()) }
            if line.hasPrefix("    "), let verb = ["get", "post"].first(where: { line == "    \($0):" }) {
                method = verb.uppercased()
            }
            guard line.hasPrefix("        \""), line.hasSuffix("\":"), let status = Int(line.dropFirst(9).dropLast(2))
            else { continue }
            statuses["\(method) \(path)", default: []].insert(status)
        }
        return statuses
    }
}
