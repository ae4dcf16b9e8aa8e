import Encoding
import IssuerTestSupport
import Platform
import Storage
import TestSupport
import Testing

@testable import Issuing

@Suite("Daemons of two versions that share a registry", .enabled(if: SharingInstallations.isAvailable))
struct SharedVersionsTests {
    private static let object: JSONValue = ["kind": "object", "manager": "91350100M000100Y43", "category": "elevator"]

    private static func error(_ body: () async throws -> Void) async -> OperationError? {
        do {
            try await body()
            return nil
        } catch {
            return OperationError(any: error)
        }
    }

    @Test("change nothing any more once the other one has changed the tables for itself alone, and say so")
    func contraction() async throws {
        let shared = try SharingInstallations()
        let (first, second) = (try shared.installations[0].open(), try shared.installations[1].open())
        #expect(first.isHolder && !second.isHolder)
        _ = try await second.ask(.registerObject, Self.object)
        let leases = [first, second].map { service in Task { await service.keepLeaseContinually() } }
        defer { leases.forEach { $0.cancel() } }
        try shared.run("INSERT INTO schemaVersion (version, usableFrom) VALUES (99, 99)")
        for service in [first, second] {
            let before = try service.database.position()
            let refusal = await Self.error { _ = try await service.ask(.registerObject, Self.object) }
            #expect(refusal?.code == "schema_newer" && refusal?.errorClass.httpStatus == 503)
            var health: OperationError?
            for _ in 0..<600 where health == nil || service.isHolder {
                try await Task.sleep(for: .milliseconds(50))
                health = await Self.error { _ = try await service.ask(.health, [:]) }
            }
            #expect(health?.code == "schema_newer" && health?.errorClass.httpStatus == 503)
            #expect(!service.isHolder && !service.standing.isWriteUp && !service.standing.isPublisher)
            // Whoever only reads is served.
            _ = try await service.ask(.describeLog, [:])
            #expect(try service.database.position() == before)
            #expect(service.log.trouble == nil)
        }
        // The lease waits for a daemon of the later version.
        #expect(try shared.run("SELECT 1 FROM log_lease WHERE expires < now()") == "1\n")
    }
}
