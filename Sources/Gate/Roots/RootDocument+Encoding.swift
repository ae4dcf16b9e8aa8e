import Encoding
import Signing

extension RootDocument {
    private static let members = ["version", "iat", "exp", "roots", "threshold", "bundleKeys"]
    private static let bundleKeyMembers = ["kid", "alg", "key", "exp"]
    private static let depthMax = 4

    /// Reads the payload of a signed document.
    ///
    /// It takes no member beside the known ones: who signs a document has seen all that it says.
    ///
    /// - Throws: `roots_invalid`.
    init(payload: [UInt8]) throws(BundleError) {
        let item: CBORItem
        do {
            item = try CBORItem.decode(
                payload[...], rules: .deterministic, byteCountMax: SignedRootDocument.byteCountMax,
                depthMax: Self.depthMax)
        } catch {
            throw .rootsInvalid("a root document cannot be read: \(error.reason)")
        }
        do throws(BundleError) {
            let fields = try DocumentFields(item, in: "a root document", onlyWith: Self.members)
            var roots: [VerificationKey] = []
            for root in try fields.array("roots", countMax: Self.rootCountMax) {
                roots.append(try Self.key(root.byteString, of: fields, "roots"))
            }
            var bundleKeys: [BundleKey] = []
            for item in try fields.array("bundleKeys", countMax: Self.bundleKeyCountMax) {
                bundleKeys.append(try Self.bundleKey(item))
            }
            guard let threshold = Int(exactly: try fields.unsigned("threshold")) else {
                throw fields.invalidMember("threshold")
            }
            try self.init(
                version: fields.unsigned("version"), issuedAt: fields.unsigned("iat"),
                expiresAt: fields.unsigned("exp"), roots: roots, threshold: threshold, bundleKeys: bundleKeys)
            guard self.roots == roots, self.bundleKeys == bundleKeys else {
                throw .rootsInvalid("root document \(version) has its keys in another order than that of their bytes")
            }
        } catch {
            throw .rootsInvalid(error.reason)
        }
    }

    private static func bundleKey(_ item: CBORItem) throws(BundleError) -> BundleKey {
        let fields = try DocumentFields(item, in: "a bundle key's record", onlyWith: bundleKeyMembers)
        let key = try key(try fields.bytes("key"), of: fields, "key")
        guard try fields.bytes("kid") == key.keyIdentifier else { throw fields.invalidMember("kid") }
        guard try fields.integer("alg") == key.algorithm.rawValue else { throw fields.invalidMember("alg") }
        return BundleKey(key: key, expiresAt: try fields.unsigned("exp"))
    }

    /// A key in its one encoding.
    private static func key(
        _ spki: [UInt8]?, of fields: DocumentFields, _ name: String
    ) throws(BundleError) -> VerificationKey {
        guard let spki, let key = try? VerificationKey(spki: spki), key.spki == spki else {
            throw fields.invalidMember(name)
        }
        return key
    }

    /// The payload of a signed document: a deterministic CBOR map with text keys.
    func encoded() -> [UInt8] {
        let keys = bundleKeys.map { bundleKey in
            CBORItem.record([
                ("kid", .byteString(bundleKey.key.keyIdentifier)),
                ("alg", .integer(bundleKey.key.algorithm.rawValue)),
                ("key", .byteString(bundleKey.key.spki)), ("exp", .unsigned(bundleKey.expiresAt)),
            ])
        }
        return CBORItem.record([
            ("version", .unsigned(version)), ("iat", .unsigned(issuedAt)), ("exp", .unsigned(expiresAt)),
            ("roots", .array(roots.map { .byteString($0.spki) })), ("threshold", .unsigned(UInt64(threshold))),
            ("bundleKeys", .array(keys)),
        ]).encoded()
    }
}
