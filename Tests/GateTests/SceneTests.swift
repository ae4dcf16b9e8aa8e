import Credential
import Encoding
import Testing

@testable import Gate

@Suite("A scene of a bundle")
struct SceneTests {
    private func read(_ change: (inout Scene) -> Void, name: String = "gate") throws -> Scene {
        var scene = Scene(name: name, forms: [.person], kinds: [.signed])
        change(&scene)
        return try Scene(scene.item)
    }

    @Test("is read as it was written, those that ship and one at every limit")
    func roundTrip() throws {
        for scene in Scene.shipped { #expect(try Scene(scene.item) == scene) }
        let longest = String(repeating: "n", count: ReplayStore.sceneNameByteCount)
        let widest = try read({ $0.clockSkewSeconds = Scene.clockSkewSecondsMax }, name: longest)
        #expect(widest.clockSkewSeconds + Scene.presentationAgeSecondsMax == ReplayStore.windowSeconds)
    }

    @Test("may let no showing live longer than the replay store remembers it")
    func showingsAreRemembered() throws {
        for age in [Scene.presentationAgeSecondsMax + 1, .max] {
            #expect(throws: BundleError.self) { try read { $0.presentationAgeSecondsMax = age } }
        }
        for skew in [Scene.clockSkewSecondsMax + 1, 100_000, .max] {
            #expect(throws: BundleError.self) { try read { $0.clockSkewSeconds = skew } }
        }
    }

    @Test(
        "has a name that the replay store can keep",
        arguments: ["", String(repeating: "n", count: 33), "two words", "a\u{0}b", "line\n"])
    func names(name: String) {
        #expect(throws: BundleError.self) { try read({ _ in }, name: name) }
    }
}
