import GRDB
import TestSupport
import Testing

@testable import Storage

@Suite("The pages of the storage")
struct StoragePageTests {
    @Test("have every table of a new registry, and no other")
    func tables() throws {
        let folder = try ScratchFolder()
        try RegistryDatabase.create(at: folder("registry.sqlite"), trusting: [])
        let tables = try DatabaseQueue(path: folder("registry.sqlite")).read { database in
            try String.fetchAll(
                database,
                sql: """
                    SELECT name FROM sqlite_master
                    WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE 'grdb\\_%' ESCAPE '\\'
                    """)
        }
        #expect(Set(try Page("Storage.docc/Registry.md").firstCells("Tables")) == Set(tables))
    }

    @Test("have every error's code")
    func errors() throws {
        let registry = try Page("Storage.docc/Registry.md").names("Error codes")
        #expect(registry == Set(StorageError.Code.allCases.map(\.rawValue)))
        let log = try Page("Storage.docc/PublishedLog.md").names("Error codes")
        #expect(log == Set(LogError.Code.allCases.map(\.rawValue)))
    }

    @Test("have every point at which a crash is tried")
    func faultPoints() throws {
        let points = try Page("Storage.docc/PublishedLog.md").firstCells("Fault points")
        #expect(points == FaultPoint.allCases.map(\.rawValue))
    }

    @Test("have the sizes of blocks and commits")
    func sizes() {
        // Registry.md, "Tables", "Commits" and "Status indices"; PublishedLog.md, "Heads entries".
        #expect(Registry.statusBlockCount == 4096 && GroupCommit.jobCountMax == 1024)
        #expect(TraceLogStore.defaultHeadsAtOnceCountMax == 4096 && TraceLogStore.defaultHeadsInterval == 65_536)
    }
}
