import Encoding
import GateTestSupport
import Signing
import Testing

@testable import Gate

@Suite("A proposed root document")
struct RootProposalTests {
    private let keys: RootCeremony
    private let chain: RootChain
    private let proposal: RootProposal

    init() throws {
        keys = try RootCeremony()
        chain = try RootChain(keys.chain(), root: keys.first.verificationKey)
        let next = try keys.document(3, roots: [keys.roots[0]], threshold: 1).document
        proposal = try RootProposal(next, after: chain, root: keys.first.verificationKey)
    }

    @Test("is one file with the chain so far, and encodes to the same bytes")
    func roundTrip() throws {
        #expect(try RootProposal(proposal.encoded()) == proposal)
        let signed = try proposal.signed(by: keys.roots[0])
        #expect(try RootProposal(signed.encoded()) == signed && signed.confirmation.own.isMet)
        let first = try RootProposal(
            keys.document(1, roots: [keys.first], threshold: 1).document, after: nil, root: keys.first.verificationKey)
        #expect(try RootProposal(first.encoded()) == first)
    }

    @Test("is refused cut short, with bytes behind it, and with an altered chain")
    func damaged() throws {
        let bytes = proposal.encoded()
        for count in bytes.indices { #expect(throws: BundleError.self) { try RootProposal(Array(bytes[..<count])) } }
        #expect(throws: BundleError.self) { try RootProposal(bytes + [0]) }
        let chainEnd = bytes.count - proposal.next.encoded().count
        for place in 0..<chainEnd {
            var altered = bytes
            altered[place] ^= 1
            #expect(throws: BundleError.self, "byte \(place)") { try RootProposal(altered) }
        }
    }

    @Test("is completed by the thresholds of both sides alone")
    func completed() throws {
        let own = try proposal.signed(by: keys.roots[0])
        let half = try own.signed(by: keys.roots[3])
        for missing in [proposal, own, half] {
            let error = #expect(throws: BundleError.self) { try missing.completed() }
            #expect(error?.code == .thresholdMissing)
        }
        let whole = try half.signed(by: keys.roots[5])
        #expect(try chain.isContinued(by: whole.completed()) && !whole.completed().isContinued(by: chain))
        #expect(try whole.signed(by: keys.roots[5]) == whole, "signed already")
    }

    @Test("is signed by none but its roots and those before")
    func strangers() throws {
        for key in [keys.first, keys.roots[1], keys.bundleKeys[0]] {
            let error = #expect(throws: BundleError.self) { try proposal.signed(by: key) }
            #expect(error?.code == .rootsInvalid)
        }
    }

    @Test("follows the newest document alone, and no full chain")
    func order() throws {
        let root = keys.first.verificationKey
        for version: UInt64 in [1, 2, 4, .max] {
            let next = try keys.document(version, roots: [keys.roots[0]], threshold: 1).document
            #expect(throws: BundleError.self) { try RootProposal(next, after: chain, root: root) }
        }
        var documents: [SignedRootDocument] = []
        for version in 1...UInt64(RootChain.documentCountMax) {
            documents.append(try keys.document(version, roots: [keys.first], threshold: 1).signed(by: keys.first))
        }
        let full = try RootChain(documents, root: root)
        let next = try keys.document(UInt64(documents.count) + 1, roots: [keys.first], threshold: 1).document
        #expect(throws: BundleError.self) { try RootProposal(next, after: full, root: root) }
    }
}
