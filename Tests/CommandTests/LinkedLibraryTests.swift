import TestSupport
import Testing

@Suite("The libraries that a command loads when it starts")
struct LinkedLibraryTests {
    /// Libraries that are opened late or belong to another command, with what they load in turn.
    private static let late = [
        "libcurl", "libdbus", "libqrencode", "libsqlite", "libv4l", "libX11", "libzbar",
    ]

    @Test("are none of those that it opens when it needs them", arguments: ["verify", "chain-verify"])
    func late(command: String) throws {
        let outcome = try Program(path: "/usr/bin/ldd").run([Program(command).path])
        try #require(outcome.status == 0, "\(outcome)")
        let loaded = outcome.output.split { $0.isWhitespace }
        #expect(loaded.contains { $0.hasPrefix("libcrypto.so") }, "ldd names the libraries")
        for name in Self.late { #expect(!loaded.contains { $0.hasPrefix(name) }, "\(command) loads \(name)") }
    }

    @Test("of pictures belong to verify alone", arguments: ["libspng", "libturbojpeg"])
    func pictures(library: String) throws {
        func isLoaded(by command: String) throws -> Bool {
            let outcome = try Program(path: "/usr/bin/ldd").run([Program(command).path])
            return outcome.output.contains(library + ".so")
        }
        #expect(try isLoaded(by: "verify") && !isLoaded(by: "chain-verify") && !isLoaded(by: "suishend"))
    }
}
