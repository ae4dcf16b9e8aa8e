import IssuerTestSupport
import IssuerInterface
import Credential
import Encoding
import Glibc
import Issuing
import Signing
import Storage
import Testing
import Gate
import GateTestSupport

@Suite("The shards of a status list")
struct StatusShardTests {
    private static let shardBitCount = StatusListReference.shardBitCount
    private static let blockCount = UInt64(Registry.statusBlockCount)
    private static let list = "SH-object-lasting"

    private let installation: Installation

    init() throws {
        installation = try Installation()
    }

    /// Gives the list a used block that ends at `end`.
    private func useUp(_ list: String = Self.list, to end: UInt64) throws {
        let row = "'\(list)', \(end - Self.blockCount), x'', \(Registry.statusBlockCount)"
        try RegistryFile(installation.state.registry).execute("INSERT INTO statusBlock VALUES (\(row))")
    }

    private func bundle(_ client: IssuerClient) throws -> [String: StatusList] {
        let export = try BundleExport(client.ask(.exportBundle, [:]))
        let files = Dictionary(uniqueKeysWithValues: export.files.map { ($0.path, $0.bytes) })
        let bundle = try GateBundle(exported: export.files)
        let pairs = try bundle.statusLists.map { reference in
            let bytes = try #require(files[BundleExport.path(of: reference)])
            let token = try StatusListToken(bytes[...]) { _ in true }
            #expect(token.subject.hasSuffix("/\(reference.name)"))
            return (reference.name, token.list)
        }
        #expect(pairs.count == files.keys.count { $0.hasPrefix("status/") })
        return Dictionary(uniqueKeysWithValues: pairs)
    }

    private func counts(_ client: IssuerClient) throws -> [String: [Int64?]] {
        let lists = try #require(try client.ask(.statusLists, [:])["lists"]?.array)
        return try Dictionary(
            uniqueKeysWithValues: lists.map {
                (try #require($0["list"]?.string), [$0["indices"]?.integer, $0["revoked"]?.integer])
            })
    }

    private struct Code {
        let index: Int64
        let id: JSONValue

        init(_ answer: JSONValue) throws {
            index = try #require(answer["statusIndex"]?.integer)
            id = try #require(answer["cti"])
        }
    }

    @Test("are begun one after the other, and a revocation is in the shard of its index")
    func edge() throws {
        let list = "SH-person-lasting"
        try useUp(list, to: Self.shardBitCount - Self.blockCount)
        let daemon = try HTTPDaemon(installation)
        let person: JSONValue = ["residentId": "11010519491231002X"]
        let subject = try #require(try IssuerClient(path: daemon.socket).ask(.registerPerson, person)["subject"])
        let order: JSONValue = ["subject": subject, "kind": "paper"]
        let below = try Code(IssuerClient(path: daemon.socket).ask(.issue, order))
        // A start leaves the open block alone and begins the next.
        #expect(daemon.end(SIGTERM) == 0)
        try daemon.start()
        let client = try IssuerClient(path: daemon.socket)
        let above = try Code(client.ask(.issue, order))
        #expect(below.index < Self.shardBitCount && above.index >= Self.shardBitCount)
        for code in [below, above] { #expect(try client.ask(.revoke, ["target": code.id])["revoked"] == 1) }
        let shard = Int(Self.shardBitCount)
        let whole = Int64(shard)
        #expect(
            try counts(client) == [list: [whole, 1], "\(list)-1": [Int64(Self.blockCount), 1]])
        let lists = try bundle(client)
        let (first, second) = (try #require(lists[list]), try #require(lists["\(list)-1"]))
        #expect(first.count == shard && second.count == Int(Self.blockCount) + 1 << 20)
        for (bits, index) in [(first, Int(below.index)), (second, Int(above.index) - shard)] {
            var expected = StatusList(count: bits.count)
            expected[index] = true
            let isExpected = bits == expected
            #expect(isExpected)
        }
        #expect(lists["\(list)-2"] == nil)
        for (name, bits) in [(list, first), ("\(list)-1", second)] {
            let bytes = try client.fetch(.statusList, ["list": .string(name)])
            let token = try StatusListToken(bytes[...]) { _ in true }
            let isSame = token.list == bits
            #expect(isSame && token.subject.hasSuffix("/\(name)"))
        }
        for name in ["\(list)-2", "\(list)-01", "\(list)-0", "\(list)--1", "SH-object"] {
            let refusal = #expect(throws: OperationError.self) {
                try client.fetch(.statusList, ["list": .string(name)])
            }
            #expect(refusal?.code == "list_unknown", "\(name)")
        }
    }

    @Test("are in a bundle before they have an index, where a code younger than the bundle may be in them")
    func headroom() throws {
        try useUp(to: Self.shardBitCount - (1 << 20) + Self.blockCount)
        try useUp("SH-enterprise-lasting", to: Self.shardBitCount - (1 << 20) - Self.blockCount)
        let daemon = try HTTPDaemon(installation)
        let lists = try bundle(IssuerClient(path: daemon.socket))
        #expect(lists["\(Self.list)-1"]?.count == Int(Self.blockCount))
        #expect(lists["SH-enterprise-lasting-1"] == nil && lists["SH-person-lasting-1"] == nil)
    }

    @Test("are all in a bundle where a floor skips some, in a list without any index too")
    func floors() async throws {
        do {
            let service = try installation.open()
            try await service.database.write { [registry = service.registry] database in
                try registry.raiseStatusFloor(of: "", to: Self.shardBitCount, in: database)
                try registry.raiseStatusFloor(of: Self.list, to: 3 * Self.shardBitCount, in: database)
            }
        }
        let daemon = try HTTPDaemon(installation)
        let client = try IssuerClient(path: daemon.socket)
        let code = try client.ask(.issue, ["subject": .string(client.registerBridge())])
        let index = try #require(code["statusIndex"]?.integer)
        #expect(index / Int64(Self.shardBitCount) == 3)
        let lists = try bundle(client)
        let tomorrow = "SH-person-\(time(nil) / 86_400 + 1)"
        for (name, count) in [(Self.list, 4), ("SH-person-lasting", 2), (tomorrow, 2)] {
            let shards = lists.filter { $0.key == name || $0.key.hasPrefix("\(name)-") }
            #expect(shards.count == count, "\(name)")
            #expect(lists["\(name)-\(count - 1)"].map { $0.count < Int(Self.shardBitCount) } == true)
            #expect(lists[name]?.count == Int(Self.shardBitCount))
        }
    }

    @Test("end with 2³²: no code is given any more, and everything else goes on")
    func full() throws {
        try useUp(to: Registry.statusIndexCount - Self.blockCount)
        let daemon = try HTTPDaemon(installation)
        let client = try IssuerClient(path: daemon.socket)
        let order: JSONValue = ["subject": .string(try client.registerBridge())]
        let last = try client.ask(.issue, order)
        #expect(UInt64(try #require(last["statusIndex"]?.integer)) >= Registry.statusIndexCount - Self.blockCount)
        #expect(daemon.end(SIGTERM) == 0)
        try daemon.start()
        let again = try IssuerClient(path: daemon.socket)
        let refusal = #expect(throws: OperationError.self) { try again.ask(.issue, order) }
        #expect(refusal?.code == "status_list_full")
        _ = try again.ask(.revoke, ["target": try #require(order["subject"])])
        let enterprise = try again.ask(.registerEnterprise, ["uscc": "91350100M000100Y43", "name": "示例"])
        #expect(try again.ask(.issue, ["subject": try #require(enterprise["subject"])])["text"] != nil)
        let lists = try bundle(again)
        #expect(lists.keys.count { $0.hasPrefix(Self.list) } == 64)
        #expect(try counts(again)["\(Self.list)-63"] == [Int64(Self.shardBitCount), 1])
        let bit = try #require(last["statusIndex"]?.integer) % Int64(Self.shardBitCount)
        #expect(lists["\(Self.list)-63"].map { $0[Int(bit)] } == true)
        #expect(try again.ask(.health, [:])["status"] != nil)
    }

    @Test(
        "are in a bundle whose version is above every one before, and not below the time",
        arguments: [(nil, 1_800_000_000), (7, 1_800_000_000), (2_000_000_000, 2_000_000_001)] as [(Int64?, UInt64)])
    func versions(counter: Int64?, next: UInt64) async throws {
        if let counter {
            try RegistryFile(installation.state.registry).execute("INSERT INTO counter VALUES ('bundle', \(counter))")
        }
        let service = try installation.open()
        for version in [next, next + 1] {
            let answer = try await service.ask(.exportBundle, [:])
            #expect(try GateBundle(exported: BundleExport(answer).files).version == version)
        }
    }
}
