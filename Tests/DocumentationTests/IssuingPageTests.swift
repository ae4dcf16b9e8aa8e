import Platform
import Signing
import Storage
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

    @Test("have the limits of wallets")
    func wallets() throws {
        let numbers = try Page("Issuing.docc/Wallets.md").numbers("Limits")
        let limits: [(String, UInt64)] = [
            ("seconds that an offer lasts", Registry.offerSeconds),
            ("seconds that an ended offer is known", Registry.endedOfferSeconds),
            ("wrong PINs", Registry.wrongPINCountMax), ("seconds that a nonce lasts", ProofNonces.lifetimeSeconds),
            ("seconds that an access token lasts", AccessToken.lifetimeSeconds),
            ("seconds before the end in which a phone may renew", IssuingService.renewalSeconds),
            ("days of a strip", IssuingService.stripCountMax),
            ("days of a strip by default", IssuingService.walletDaysDefault),
            ("bytes of a signed token", UInt64(SignedToken.byteCountMax)),
            ("codes in one list", UInt64(IssuingService.walletCodeCountMax)),
        ]
        #expect(numbers.count == limits.count)
        for (name, value) in limits { #expect(numbers[name].map { UInt64($0) } == value, "\(name)") }
        // Wallets.md, "What a phone proves" and "Revocation".
        #expect(ProofNonces.seenCountMax == 1_048_576 && LossCode.byteCount == 10)
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
        #expect(numbers["connections of users without a role"] == DaemonServer.strangerCountMax)
        let unproved = numbers["connections over TLS of callers who have no role, or have not proved yet who they are"]
        #expect(unproved == DaemonServer.unprovedCountMax)
        #expect(numbers["seconds that a handshake of TLS may take"] == Int(DaemonServer.handshakeSeconds))
        #expect(numbers["seconds that a head over TLS may take"] == Int(DaemonServer.headSeconds))
        // Operations.md: "Issuing codes" and "The trail".
        #expect(IssuingService.stripCountMax == 31 && IssuingService.auditLineCountMax == 10_000)
    }
}
