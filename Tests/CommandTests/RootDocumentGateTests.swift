import Encoding
import Gate
import GateTestSupport
import Glibc
import Signing
import TestSupport
import Testing

@Suite("A gate whose folder has root documents")
struct RootDocumentGateTests {
    private let rooted: RootedGate
    private let keys: [SigningKey]
    private let now = VerifyGate.now

    init() throws {
        rooted = try RootedGate()
        keys = rooted.keys.bundleKeys
    }

    private func remove() { rooted.gate.remove() }

    private func isOpen(_ options: String = "") throws -> Bool { try rooted.isOpen(options) }

    private func chain() throws -> [SignedRootDocument] { try rooted.chain() }

    @Test("follows the chain from its first root, and takes bundles of the newest document's keys alone")
    func follows() throws {
        defer { remove() }
        #expect(try isOpen())
        let chain = try chain()
        try rooted.put(version: 6, by: keys[0], Array(chain[..<1]))
        #expect(try isOpen())
        try rooted.put(version: 7, by: keys[1], Array(chain[..<2]))
        #expect(try isOpen())
        try rooted.put(version: 8, by: keys[0], Array(chain[..<2]))
        #expect(try isOpen())
        try rooted.put(version: 9, by: keys[1], chain)
        #expect(try isOpen() && isOpen("--root \(rooted.gate.rootDigest)"))
        #expect(try isOpen("--root \(rooted.gate.folder)/root.pem"))
    }

    @Test("refuses a bundle that a root has signed itself, from document 1 on, with the chain and without it")
    func rootSignsNoMore() throws {
        defer { remove() }
        let one = Array(try chain()[..<1])
        try rooted.put(version: 6, by: rooted.gate.root, one)
        #expect(try rooted.isClosed("bundle_unreadable"))
        try rooted.put(version: 6, by: keys[0], one)
        #expect(try isOpen())
        try rooted.put(version: 7, by: rooted.gate.root, nil)
        #expect(try rooted.isClosed("bundle_rollback"))
        try rooted.put(version: 7, by: rooted.gate.root, one)
        #expect(try rooted.isClosed("bundle_unreadable"))
        try rooted.put(version: 7, by: keys[0], nil)
        #expect(try rooted.isClosed("bundle_unreadable"))
        try rooted.put(version: 7, by: keys[0], one)
        #expect(try isOpen())
    }

    @Test("refuses a bundle key at once that the newest document drops, or that no document has named")
    func droppedKey() throws {
        defer { remove() }
        let chain = try chain()
        try rooted.put(version: 7, by: keys[0], Array(chain[..<2]))
        #expect(try isOpen())
        try rooted.put(chain)
        #expect(try rooted.isClosed("bundle_unreadable"))
        try rooted.put(version: 8, by: keys[2], chain)
        #expect(try rooted.isClosed("bundle_unreadable"))
        try rooted.put(version: 8, by: keys[1], chain)
        #expect(try isOpen())
    }

    @Test("goes back to no older chain, follows no fork, and keeps what it has seen")
    func rollback() throws {
        defer { remove() }
        let chain = try chain()
        try rooted.put(version: 7, by: keys[1], Array(chain[..<2]))
        #expect(try isOpen())
        try rooted.put(version: 8, by: keys[0], Array(chain[..<1]))
        #expect(try rooted.isClosed("bundle_rollback"))
        // The same roots sign a second history; one is as long as the first, and one is longer.
        let next = rooted.keys.roots[0]
        let fork = try rooted.document(2, roots: [next], bundleKeys: [keys[1], keys[2]]).signed(by: next)
        for documents in [[chain[0], fork], [chain[0], fork, chain[2]]] {
            try rooted.put(version: 9, by: keys[1], documents)
            #expect(try rooted.isClosed("bundle_rollback"))
        }
        try rooted.put(version: 8, by: keys[1], chain)
        #expect(try isOpen())
        try rooted.put(version: 9, by: keys[1], Array(chain[..<2]))
        #expect(try rooted.isClosed("bundle_rollback"))
    }

    @Test("refuses a chain with a gap, a missing threshold, a strange signature or a damaged byte")
    func broken() throws {
        defer { remove() }
        let chain = try chain()
        let unsigned = try rooted.keys.document(1, roots: [rooted.gate.root], threshold: 1)
        let pair = [rooted.gate.root, rooted.keys.roots[1]]
        let half = try rooted.keys.document(1, roots: pair, threshold: 2).signed(by: pair[0])
        let cases: [([SignedRootDocument], String)] = [
            ([], "roots_invalid"), ([chain[0], chain[2]], "roots_invalid"), ([chain[1]], "roots_invalid"),
            ([chain[0], chain[0]], "roots_invalid"), ([unsigned], "root_threshold_missing"),
            ([half], "root_threshold_missing"), ([try chain[0].signed(by: keys[0])], "roots_invalid"),
            ([try unsigned.signed(by: keys[0])], "roots_invalid"),
        ]
        for (documents, warning) in cases {
            try rooted.put(version: 6, by: keys[0], documents)
            #expect(try rooted.isClosed("bundle_unreadable", warning: warning))
        }
        try rooted.put(version: 6, by: keys[0], Array(chain[..<1]))
        let bytes = try ProjectFiles.bytes("\(rooted.gate.folder)/\(RootChain.name)")
        for place in stride(from: 0, to: bytes.count, by: 31) {
            var altered = bytes
            altered[place] ^= 1
            try rooted.gate.write(altered, to: RootChain.name)
            #expect(try rooted.isClosed("bundle_unreadable"), "byte \(place)")
            try rooted.gate.write(Array(bytes[..<place]), to: RootChain.name)
            #expect(try rooted.isClosed("bundle_unreadable", warning: "roots_invalid"), "\(place) bytes")
        }
        try rooted.gate.write(bytes, to: RootChain.name)
        #expect(try isOpen())
    }

    @Test("counts a key in other bytes twice as no second root")
    func duplicateRoot() throws {
        defer { remove() }
        // Encoded by hand, since no such document can be made.
        let spki = rooted.gate.root.verificationKey.spki
        let key = keys[0].verificationKey
        let record = CBORItem.map(
            CBORMap([
                .init(key: .text("kid"), value: .byteString(key.keyIdentifier)),
                .init(key: .text("alg"), value: .integer(-8)), .init(key: .text("key"), value: .byteString(key.spki)),
                .init(key: .text("exp"), value: .unsigned(now * 2)),
            ]))
        let payload = CBORItem.map(
            CBORMap([
                .init(key: .text("version"), value: .unsigned(1)), .init(key: .text("iat"), value: .unsigned(1)),
                .init(key: .text("exp"), value: .unsigned(now * 2)),
                .init(key: .text("roots"), value: .array([.byteString(spki), .byteString(spki)])),
                .init(key: .text("threshold"), value: .unsigned(2)),
                .init(key: .text("bundleKeys"), value: .array([record])),
            ])
        ).encoded()
        let header = CBORItem.map(
            CBORMap([.init(key: .unsigned(16), value: .text(SignedRootDocument.type))])
        ).encoded()
        let signer = CBORItem.map(
            CBORMap([
                .init(key: .unsigned(1), value: .integer(-8)),
                .init(key: .unsigned(4), value: .byteString(rooted.gate.root.verificationKey.keyIdentifier)),
            ])
        ).encoded()
        let covered = CBORItem.array([
            .text("Signature"), .byteString(header), .byteString(signer), .byteString([]), .byteString(payload),
        ]).encoded()
        let signature = CBORItem.array([
            .byteString(signer), .map(CBORMap()), .byteString(try rooted.gate.root.sign(covered)),
        ])
        try rooted.put(version: 6, by: keys[0], nil)
        for signatures in [[signature], [signature, signature]] {
            let document = CBORItem.tagged(
                98, .array([.byteString(header), .map(CBORMap()), .byteString(payload), .array(signatures)]))
            try rooted.gate.write(CBORItem.array([document]).encoded(), to: RootChain.name)
            #expect(try rooted.isClosed("bundle_unreadable", warning: "roots_invalid"))
        }
    }

    @Test("does not follow a chain whose folder or file others can write")
    func owners() throws {
        defer { remove() }
        try rooted.put(version: 6, by: keys[0], Array(chain()[..<1]))
        unsafe chmod("\(rooted.gate.folder)/\(RootChain.name)", 0o666)
        #expect(try rooted.isClosed("bundle_unreadable"))
        unsafe chmod("\(rooted.gate.folder)/\(RootChain.name)", 0o644)
        #expect(try isOpen())
    }

    @Test("takes a new document up while it runs, and keeps its generation for a broken one")
    func running() throws {
        defer { remove() }
        let chain = try chain()
        try rooted.put(version: 6, by: keys[0], Array(chain[..<1]))
        let stream = try PipedProgram(
            "verify", ["--bundle", rooted.gate.folder, "--scene", "object-inspection", "--stream"],
            clock: rooted.clock)
        let code = try rooted.gate.object()
        func waits(for version: Int64, warning: Bool) throws -> Bool {
            for _ in 0..<1200 {
                try stream.write(Array((code + "\n").utf8))
                let verdict = try JSONValue.parse(stream.readLine(), byteCountMax: 1 << 16)
                let warns = verdict["warnings"]?.array?.contains("update_refused") == true
                guard verdict["code"] == "ok" else { return false }
                if verdict["trust"]?["bundleVersion"]?.integer == version, warns == warning { return true }
                usleep(50_000)
            }
            return false
        }
        #expect(try waits(for: 6, warning: false))
        try rooted.put([chain[0], chain[2]])
        try rooted.put(version: 7, by: keys[1], [chain[0], chain[2]])
        #expect(try waits(for: 6, warning: true))
        #expect(try stream.diagnostics().contains("[roots_invalid]"))
        try rooted.put(chain)
        try rooted.put(version: 8, by: keys[1], chain)
        #expect(try waits(for: 8, warning: false))
        try rooted.put(Array(chain[..<1]))
        try rooted.put(version: 9, by: keys[0], Array(chain[..<1]))
        #expect(try waits(for: 8, warning: true))
    }
}
