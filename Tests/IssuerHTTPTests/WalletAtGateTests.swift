import Credential
import Encoding
import Gate
import Glibc
import IssuerInterface
import IssuerTestSupport
import Issuing
import Signing
import TestSupport
import Testing
import WalletPhone

@Suite("A phone's codes, at a gate")
struct WalletAtGateTests {
    private static var now: UInt64 { UInt64(time(nil)) }

    /// The verdict of a gate that reads a folder for the first time.
    private static func verdict(_ text: String, in folder: String, at time: UInt64) throws -> String {
        let state = try ScratchFolder()
        let gate = try GateDirectory(path: folder, state: state("gate"))
        let scene = try #require(gate.bundle.scene(named: "park"))
        let verifier = Verifier(directory: gate, scene: scene, replay: try ReplayStore(path: state("replay")))
        return try #require(verifier.settle(verifier.assess([Array(text.utf8)], at: time), at: time).first)
            .code.rawValue
    }

    /// Writes a new bundle's folder.
    private static func export(_ wallets: WalletDaemon, to folder: ScratchFolder) throws {
        unsafe mkdir(folder("status"), 0o700)
        let export = try BundleExport(wallets.ask(.exportBundle, [:]))
        for file in export.files { _ = try folder.write(file.bytes, to: file.path, mode: mode_t(file.mode)) }
    }

    /// The code to show at a time.
    private static func shown(_ strip: Phone.Strip, _ place: Int, by phone: Phone, at time: UInt64) throws -> String {
        let maker = try PresentationMaker(text: strip.codes[place].text)
        return strip.codes[place].kind == "chain"
            ? try maker.linked(by: strip.seeds[place / 2], time: time).text()
            : try maker.signed(by: phone.key, time: time).text()
    }

    @Test(
        "are accepted in both kinds on their own days, own and a ward's",
        arguments: [(Suite.ed25519, SignatureAlgorithm.ed25519), (.es256, .es256), (.es256, .ed25519)])
    func accepted(suite: Suite, algorithm: SignatureAlgorithm) throws {
        let wallets = try WalletDaemon(suite)
        let phone = try wallets.phone(algorithm)
        let strips = [try phone.receive(wallets.offer()), try phone.receive(wallets.offerOfWard())]
        let folder = try ScratchFolder()
        try Self.export(wallets, to: folder)
        for strip in strips {
            for place in 0..<4 {
                let time = strip.codes[place].issuedAt + 61
                let text = try Self.shown(strip, place, by: phone, at: time)
                let verdict = try Self.verdict(text, in: folder.path, at: time)
                #expect(verdict == "ok", "\(place)")
                #expect(try Self.verdict(text, in: folder.path, at: time + 61) != "ok", "\(place)")
            }
        }
    }

    @Test("are accepted of a hundred phones with ES256 keys")
    func hundred() throws {
        let wallets = try WalletDaemon(.es256)
        let phones = try (0..<100).map { _ in try wallets.phone(.es256) }
        let strips = try phones.map { try $0.receive(wallets.offer(["days": 1])) }
        let folder = try ScratchFolder()
        try Self.export(wallets, to: folder)
        for (phone, strip) in zip(phones, strips) {
            let time = strip.codes[1].issuedAt + 5
            #expect(strip.codes[1].kind == "signed")
            #expect(
                try Self.verdict(Self.shown(strip, 1, by: phone, at: time), in: folder.path, at: time) == "ok")
        }
    }

    @Test("of a ward are refused once the guardian's holding is revoked and the hot list is published")
    func hotList() throws {
        let installation = try Installation(at: Self.now)
        let tree = installation.folder("tree")
        var settings = try Settings(contentsOf: installation.state.settings)
        settings.publish = tree
        settings.stopTimeoutSeconds = 3600
        try installation.write(settings)
        let wallets = try WalletDaemon(on: installation)
        let phone = try wallets.phone()
        let (own, ward) = (try phone.receive(wallets.offer()), try phone.receive(wallets.offerOfWard()))
        func shown(_ strip: Phone.Strip) throws -> String {
            let time = Self.now
            return try Self.verdict(Self.shown(strip, 1, by: phone, at: time), in: tree, at: time)
        }
        func waits(for code: String, _ strip: Phone.Strip) throws -> Bool {
            for _ in 0..<2400 {
                if (try? shown(strip)) == code { return true }
                usleep(50_000)
            }
            return false
        }
        #expect(try waits(for: "ok", ward))
        #expect(try wallets.ask(.revokeHolding, ["holding": .string(ward.holding)])["revoked"] == 14)
        #expect(try waits(for: "revoked", ward))
        #expect(try shown(own) == "ok")
        let token = try? ProjectFiles.bytes("\(tree)/status/hot")
        let hot = try token.map { try HotListToken($0[...]) { _ in true } }
        // The codes' own indices, and the guardian's in each.
        #expect(hot?.revoked.reduce(0) { $0 + $1.bits.count } == 28)
        #expect(try WalletDaemon.code { try phone.renew(ward.refreshToken ?? "") } == "wallet_revoked")
    }
}
