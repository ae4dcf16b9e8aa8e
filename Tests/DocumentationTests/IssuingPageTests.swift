import Platform
import Signing
import Testing

@testable import IssuerHTTP
@testable import IssuerInterface
@testable import Issuing

@Suite("The pages of issuing")
struct IssuingPageTests {
    @Test("have every role")
    func roles() throws {
        #expect(try Page("Issuing.docc/Roles.md").firstCells("The roles") == Role.all.map(\.name))
    }

    @Test("have every route with who may ask, and no other")
    func routes() throws {
        let rows = try Page("Issuing.docc/Roles.md").table("Routes").map { row in
            "\(row["method"] ?? "") \(row["path"] ?? "") \(row["roles"] ?? "")"
        }
        let served = Route.table.map { route in
            let names = Role.all.filter(route.roles.contains).map(\.name).joined(separator: ", ")
            let isForAll = Set(route.roles) == Set(Role.readers)
            return "\(route.method.rawValue) \(route.pattern.text) \(isForAll ? "any" : names)"
        }
        #expect(rows == served)
    }

    @Test("have the HTTP status of every class of errors")
    func statuses() throws {
        let rows = try Page("Issuing.docc/Operations.md").pairs("Statuses")
        let expected = ErrorClass.allCases.map { ("\($0)", "\($0.httpStatus)") }
        #expect(rows == Dictionary(uniqueKeysWithValues: expected))
    }

    @Test("have every setting with its default and what it takes")
    func settings() throws {
        let rows = try Page("Issuing.docc/Settings.md").table("The settings")
        #expect(rows.map { $0["setting"] } == Settings.fields.map(\.name))
        for (row, field) in zip(rows, Settings.fields) {
            #expect(row["default"] == field.write(Settings()), "\(field.name)")
            #expect(row["takes"] == field.takes.filter { $0 != "`" }, "\(field.name)")
        }
    }

    @Test("have the limits of the clock")
    func clock() throws {
        let numbers = try Page("Issuing.docc/Clock.md").numbers("Limits")
        let behind = numbers["seconds that the clock may be behind the newest entry"]
        let moved = numbers["seconds that the clock may move against the time since the machine's start"]
        #expect(behind == Int(SigningClock.skewMilliseconds / 1000))
        #expect(moved == Int(SigningClock.jumpMillisecondsMax / 1000))
    }

    @Test("have every key file of an installation, in each suite", arguments: Suite.allCases)
    func keyFiles(suite: Suite) throws {
        let files = try Page("Signing.docc/Keys.md").firstCells("Key files of an installation")
        let names = KeyRing.signingKeys(of: suite).map(\.name) + KeyRing.secrets + [SettlementKey.file]
        #expect(Set(files) == Set(names))
    }

    @Test("have the limits of a request")
    func requests() throws {
        let numbers = try Page("IssuerHTTP.docc/Serving.md").numbers("Limits")
        #expect(numbers["bytes of a request, or of a line of a batch"] == RequestResponder.requestByteCountMax)
        #expect(numbers["bytes of an idempotency key"] == RequestResponder.keyByteCountMax)
        // Operations.md: "Issuing codes" and "The trail".
        #expect(IssuingService.stripCountMax == 31 && IssuingService.auditLineCountMax == 10_000)
    }
}
