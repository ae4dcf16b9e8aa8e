import Issuing
import Testing

@Suite("Work in turn")
struct WorkInTurnTests {
    private actor Steps {
        private(set) var taken: [Int] = []

        func take(_ step: Int) { taken.append(step) }
    }

    private struct Refusal: Error {}

    @Test("runs each piece to its end before the next begins, though it waits in between and another fails")
    func turns() async throws {
        let steps = Steps()
        let work = WorkInTurn(label: "test")
        await withTaskGroup(of: Void.self) { group in
            for place in 0..<32 {
                group.addTask {
                    try? await work.run {
                        await steps.take(place)
                        try await Task.sleep(for: .milliseconds(1))
                        await steps.take(place)
                        if place.isMultiple(of: 4) { throw Refusal() }
                    }
                }
            }
        }
        let taken = await steps.taken
        #expect(Set(taken).count == 32 && taken.count == 64)
        #expect(stride(from: 0, to: 64, by: 2).allSatisfy { taken[$0] == taken[$0 + 1] })
    }
}
