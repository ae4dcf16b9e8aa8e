import Credential
import Encoding
import GateTestSupport
import Signing
import Testing

@testable import Gate

@Suite("A root document")
struct RootDocumentTests {
    private let keys: RootCeremony
    private let roots: [VerificationKey]
    private let bundleKey: BundleKey

    init() throws {
        keys = try RootCeremony()
        roots = keys.roots.map(\.verificationKey)
        bundleKey = BundleKey(key: keys.bundleKeys[0].verificationKey, expiresAt: RootCeremony.end)
    }

    private func isRefused(
        version: UInt64 = 1, expiresAt: UInt64 = RootCeremony.end, roots: [VerificationKey]? = nil, threshold: Int = 1,
        bundleKeys: [BundleKey]? = nil
    ) -> Bool {
        do {
            _ = try RootDocument(
                version: version, issuedAt: RootCeremony.start, expiresAt: expiresAt, roots: roots ?? self.roots,
                threshold: threshold, bundleKeys: bundleKeys ?? [bundleKey])
            return false
        } catch {
            return error.code == .rootsInvalid
        }
    }

    @Test("has a version, an end after its beginning, and keys and a threshold within their limits")
    func rules() throws {
        #expect(!isRefused())
        #expect(isRefused(version: 0))
        #expect(isRefused(expiresAt: RootCeremony.start))
        #expect(isRefused(threshold: 0) && isRefused(threshold: -1) && isRefused(threshold: roots.count + 1))
        #expect(isRefused(roots: []) && isRefused(bundleKeys: []))
        let many = try (0...RootDocument.rootCountMax).map { _ in try SigningKey.generate(.ed25519).verificationKey }
        #expect(isRefused(roots: many) && !isRefused(roots: Array(many.dropLast())))
        let three = keys.bundleKeys[..<3].map { BundleKey(key: $0.verificationKey, expiresAt: RootCeremony.end) }
        #expect(isRefused(bundleKeys: three) && !isRefused(bundleKeys: Array(three.dropLast())))
        #expect(isRefused(bundleKeys: [BundleKey(key: bundleKey.key, expiresAt: RootCeremony.start)]))
    }

    @Test("names no key twice: neither a root, nor a bundle key, nor one as both")
    func duplicates() throws {
        #expect(isRefused(roots: [roots[0], roots[0]], threshold: 2))
        #expect(isRefused(bundleKeys: [bundleKey, bundleKey]))
        #expect(isRefused(bundleKeys: [BundleKey(key: roots[0], expiresAt: RootCeremony.end)]))
    }

    /// The members of a sound document's payload.
    private func members() throws -> [CBORMap.Entry] {
        let payload = try keys.document(1, roots: Array(keys.roots[..<2]), threshold: 1).message.payload
        let item = try CBORItem.decode(payload[...], rules: .deterministic, byteCountMax: 4096, depthMax: 4)
        return try #require(item.map?.entries)
    }

    private func isRead(_ entries: [CBORMap.Entry]) -> Bool {
        (try? RootDocument(payload: CBORItem.map(CBORMap(entries)).encoded())) != nil
    }

    @Test("has every member, in its type, and no other one")
    func everyMember() throws {
        let entries = try members()
        #expect(isRead(entries) && entries.count == 6)
        for index in entries.indices {
            var changed = entries
            changed.remove(at: index)
            #expect(!isRead(changed))
            for value: CBORItem in [.null, .text("1"), .negative(0), .array([.null]), .map(CBORMap()), .bool(true)] {
                changed = entries
                changed[index] = CBORMap.Entry(key: entries[index].key, value: value)
                #expect(!isRead(changed), "\(entries[index].key) = \(value)")
            }
        }
        #expect(!isRead(entries + [CBORMap.Entry(key: .text("other"), value: .null)]))
        #expect(!isRead(entries + [CBORMap.Entry(key: .unsigned(1), value: .null)]))
    }

    @Test("has its keys in ascending order, so that a document has one encoding")
    func keyOrder() throws {
        let entries = try members()
        let index = try #require(entries.firstIndex { $0.key == .text("roots") })
        var changed = entries
        changed[index] = CBORMap.Entry(
            key: .text("roots"), value: .array(try #require(entries[index].value.array).reversed()))
        #expect(!isRead(changed))
    }

    @Test("has bundle keys whose identifier and algorithm are those of the key, and no other members")
    func bundleKeyMembers() throws {
        let entries = try members()
        let index = try #require(entries.firstIndex { $0.key == .text("bundleKeys") })
        let record = try #require(entries[index].value.array?.first?.map?.entries)
        for (name, value) in [
            ("kid", CBORItem.byteString([1, 2, 3, 4])), ("alg", .integer(-7)), ("key", .byteString([1, 2])),
            ("exp", .unsigned(0)), ("more", .null),
        ] {
            let changed = record.filter { $0.key != .text(name) } + [CBORMap.Entry(key: .text(name), value: value)]
            var all = entries
            all[index] = CBORMap.Entry(key: .text("bundleKeys"), value: .array([.map(CBORMap(changed))]))
            #expect(!isRead(all), "\(name)")
        }
    }

    @Test("is signed over the structure of RFC 9052, section 4.4")
    func signedStructure() throws {
        let root = keys.roots[0]
        let signed = try keys.document(1, roots: [root], threshold: 1).signed(by: root)
        let item = try CBORItem.decode(
            signed.encoded()[...], rules: .deterministic, byteCountMax: 1 << 14, depthMax: 6)
        guard case .tagged(98, .array(let parts)) = item, parts.count == 4,
            let signature = parts[3].array?.first?.array, signature.count == 3,
            let bytes = signature[2].byteString
        else {
            Issue.record("no COSE_Sign")
            return
        }
        let structure = CBORItem.array([.text("Signature"), parts[0], signature[0], .byteString([]), parts[2]])
        #expect(root.verificationKey.isValid(bytes, for: structure.encoded()))
        #expect(parts[1] == .map(CBORMap()) && signature[1] == .map(CBORMap()))
    }
}
