import IssuerInterface
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
}
