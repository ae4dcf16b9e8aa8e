import ArgumentParser
import Gate

/// Writes a published tree as large as a city's: two days' status lists of 25 million codes each, and a hot list.
struct TreeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tree", abstract: "Make the published tree of an issuer with 25 million codes a day.")

    private static let hotListSeconds: UInt64 = 900

    @Option(help: "The folder to fill.")
    var out: String

    @Option(help: "The number of revoked codes in each full list.")
    var revoked: Int

    @Option(help: "The number of revoked codes in the hot list.")
    var hot: Int

    @Option(help: "The time of the tree, in seconds since 1970-01-01T00:00:00Z.")
    var at: UInt64

    func run() throws {
        let station = try Station(at: at)
        let count = StationCommand.dailyCodeCount
        let bundle = try station.bundle(
            version: 1, issuedAt: at, Station.list(of: count, revokedCount: revoked), domains: [])
        try BundleFolder.write(bundle, into: out)
        var random = SystemRandomNumberGenerator()
        let bits = (0..<hot).map { _ in UInt32.random(in: 0..<UInt32(count), using: &random) }
        let lists = station.listNames
        let revoked = Dictionary(
            uniqueKeysWithValues: lists.enumerated().map { place, name in
                (name, bits.enumerated().filter { $0.offset % lists.count == place }.map(\.element))
            })
        let token = HotListToken(
            subject: "https://code.example.cn/status/\(HotListToken.name)", base: at, issuedAt: at,
            expiresAt: at + Self.hotListSeconds, revoked: revoked)
        try BundleFolder.replace(
            "\(out)/\(BundleExport.statusFolder)/\(HotListToken.name)", with: station.signed(token), mode: 0o644)
    }
}
