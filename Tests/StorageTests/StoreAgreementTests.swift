@testable import Storage
import TestSupport
import Testing

@Suite("Stores side by side")
struct StoreAgreementTests {
    private struct Refusal: Error {}

    @Test("agree on every outcome and on all that they hold, over random changes", arguments: [1, 2, 3] as [UInt64])
    func random(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let opened = try Backend.available.map { try $0.open() }
        var (seen, kinds): (Set<String>, Set<String>) = ([], [])
        for round in 0...400 {
            let steps = (0..<Int.random(in: 1...4, using: &random)).map { _ in StoreStep.random(using: &random) }
            let isRefused = Int.random(in: 0..<5, using: &random) == 0
            let reads = StoreStep.foreseen(using: &random)
            let readsAll = round.isMultiple(of: 5)
            var outcomes: [String] = []
            for store in opened.map(\.store) {
                outcomes.append(
                    await Self.outcome(of: steps, isRefused: isRefused, reads, readsAll: readsAll, store))
            }
            #expect(Set(outcomes).count == 1, "round \(round): \(steps.map(\.name)) gave \(outcomes)")
            kinds.formUnion(outcomes)
            guard round.isMultiple(of: 10) else { continue }
            let contents = try opened.map { try $0.store.read(StoreContents.lines) }
            try #require(contents.allSatisfy { $0 == contents[0] }, "round \(round)")
            seen.formUnion(contents[0].filter { !$0.hasSuffix(": []") }.map { String($0.prefix { $0 != ":" }) })
        }
        // What was compared held something of every kind.
        #expect(seen == Set(StoreContents.names))
        #expect(kinds.isSuperset(of: ["registry_unwritable", "Refusal()"]))
        #expect(opened.allSatisfy { $0.store.committedPosition == opened[0].store.committedPosition })
    }

    /// Runs steps in one transaction, which with `readsAll` also reads all that the store holds then.
    private static func outcome(
        of steps: [StoreStep], isRefused: Bool, _ reads: ForeseenReads, readsAll: Bool, _ store: any RegistryStore
    ) async -> String {
        do {
            return try await store.submit(isLine: false, reads: reads) { transaction in
                var results = try steps.map { try $0.run(transaction) }
                if readsAll { results += try StoreContents.lines(transaction) }
                if isRefused { throw Refusal() }
                return results.joined(separator: ", ")
            }.value()
        } catch let error as StorageError {
            return error.code.rawValue
        } catch let error as LogError {
            return error.code.rawValue
        } catch {
            return "\(error)"
        }
    }
}
