import Credential
import GateTestSupport
import Signing
import Testing

@testable import Gate

@Suite("A chain of root documents")
struct RootChainTests {
    private let keys: RootCeremony

    init() throws { keys = try RootCeremony() }

    private func isRefused(_ documents: [SignedRootDocument], _ code: BundleError.Code) -> Bool {
        do {
            try keys.check(documents)
        } catch {
            if error.code != code { print(error) }
            return error.code == code && !error.hint.isEmpty
        }
        return false
    }

    @Test(
        "leads from the first root to the newest document, and encodes to the same bytes",
        arguments: [SignatureAlgorithm.ed25519, .es256, .sm2])
    func accepted(_ algorithm: SignatureAlgorithm) throws {
        let keys = try RootCeremony(algorithm)
        let bytes = RootChain.encoded(try keys.chain())
        let chain = try RootChain(bytes, root: keys.first.verificationKey)
        #expect(chain.newest.version == 2 && chain.newest.threshold == 2 && chain.newest.roots.count == 3)
        #expect(chain.newest.bundleKeys.count == 2 && chain.encoded() == bytes)
        #expect(chain.newest.lists(keys.roots[3].verificationKey) && !chain.newest.lists(keys.roots[0].verificationKey))
    }

    @Test("is refused with any byte altered, and with any part of it cut off")
    func everyByte() throws {
        let bytes = RootChain.encoded(try keys.chain())
        for place in bytes.indices {
            for mask: UInt8 in [0x01, 0x80] {
                var altered = bytes
                altered[place] ^= mask
                #expect(throws: BundleError.self, "byte \(place)") {
                    try RootChain(altered, root: keys.first.verificationKey)
                }
            }
            #expect(throws: BundleError.self) {
                try RootChain(Array(bytes[..<place]), root: keys.first.verificationKey)
            }
        }
        #expect(throws: BundleError.self) { try RootChain(bytes + [0], root: keys.first.verificationKey) }
    }

    @Test("needs the threshold of the roots before, and that of its own")
    func thresholds() throws {
        let (first, roots) = (keys.first, keys.roots)
        let one = try keys.document(1, roots: Array(roots[..<3]), threshold: 2)
        #expect(isRefused([one], .thresholdMissing))
        #expect(isRefused([try one.signed(by: [roots[0], roots[1], roots[2]])], .thresholdMissing))
        #expect(isRefused([try one.signed(by: [first, roots[1]])], .thresholdMissing))
        let whole = try one.signed(by: [first, roots[1], roots[2]])
        try keys.check([whole])
        let two = try keys.document(2, roots: Array(roots[3...]), threshold: 2)
        #expect(isRefused([whole, try two.signed(by: [roots[0], roots[3], roots[4], roots[5]])], .thresholdMissing))
        #expect(isRefused([whole, try two.signed(by: [roots[0], roots[1], roots[2], roots[3]])], .thresholdMissing))
        #expect(isRefused([whole, try two.signed(by: [first, roots[0], roots[3], roots[4]])], .rootsInvalid))
        try keys.check([whole, try two.signed(by: [roots[0], roots[1], roots[3], roots[4]])])
    }

    @Test("counts a root that stays on both sides with its one signature")
    func sameRoot() throws {
        let (first, other) = (keys.first, keys.roots[0])
        let one = try keys.document(1, roots: [first], threshold: 1).signed(by: first)
        try keys.check([one])
        let two = try keys.document(2, roots: [first, other], threshold: 1).signed(by: first)
        let three = try keys.document(3, roots: [other], threshold: 1).signed(by: other)
        try keys.check([one, two, three])
    }

    @Test("counts each root once, however often its signature is there")
    func repeated() throws {
        let ecdsa = try RootCeremony(.es256)
        let one = try ecdsa.document(1, roots: Array(ecdsa.roots[..<2]), threshold: 2)
        // ECDSA signatures are random, so that the two differ.
        let twice = try one.signed(by: [ecdsa.first, ecdsa.roots[0], ecdsa.roots[0]])
        #expect(twice.message.signatures.count == 3)
        let error = #expect(throws: BundleError.self) { try ecdsa.check([twice]) }
        #expect(error?.code == .rootsInvalid && error?.reason.contains("two signatures of one root") == true)
    }

    @Test("has no gap, no repeated version, no document out of order and no earlier date")
    func order() throws {
        let chain = try keys.chain()
        let three = try keys.document(3, roots: [keys.roots[3]], threshold: 1)
            .signed(by: [keys.roots[3], keys.roots[4]])
        try keys.check(chain + [three])
        for wrong in [[chain[1]], [chain[0], three], [chain[1], chain[0]], [chain[0], chain[0]], chain + [chain[1]]] {
            #expect(isRefused(wrong, .rootsInvalid))
        }
        #expect(isRefused([], .rootsInvalid))
        let early = try keys.document(3, roots: [keys.roots[3]], threshold: 1, issuedAt: RootCeremony.start - 1)
            .signed(by: [keys.roots[3], keys.roots[4]])
        #expect(isRefused(chain + [early], .rootsInvalid))
    }

    @Test("of another first root is refused")
    func foreign() throws {
        #expect(isRefused(try RootCeremony().chain(), .rootsInvalid))
    }

    @Test("is at most as long as a gate reads")
    func limits() throws {
        let root = keys.first
        var chain: [SignedRootDocument] = []
        for version in 1...UInt64(RootChain.documentCountMax + 1) {
            chain.append(try keys.document(version, roots: [root], threshold: 1).signed(by: root))
        }
        #expect(isRefused(chain, .rootsInvalid))
        try keys.check(Array(chain.dropLast()))
        let long = [UInt8](repeating: 0, count: RootChain.byteCountMax + 1)
        #expect(throws: BundleError.self) { try RootChain.documents(in: long) }
    }

    @Test("tells a fork by what a document says, and takes one more signature as the same document")
    func forks() throws {
        let one = try keys.document(1, roots: Array(keys.roots[..<3]), threshold: 1)
        let (a, b) = (try one.signed(by: [keys.first, keys.roots[0]]), try one.signed(by: keys.roots[1]))
        let joined = try #require(a.joined(with: b))
        #expect(joined.digest == a.digest && joined.message.signatures.count == 3)
        try keys.check([joined])
        let other = try keys.document(1, roots: Array(keys.roots[..<2]), threshold: 1)
        #expect(other.digest != a.digest && a.joined(with: other) == nil)
    }
}
