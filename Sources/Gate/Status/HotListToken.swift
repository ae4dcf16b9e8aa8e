package import Credential
import Encoding
package import Signing

/// The revocations since the full status lists were made, in the form that their issuer signs: a CWT.
///
/// `Gate.docc/Status.md#The-hot-list` has its CDDL.
package struct HotListToken: Sendable, Equatable {
    /// The `typ` header that keeps status lists and other CWTs from passing as hot lists.
    package static let contentType = "application/suishen-hotlist+cwt"
    /// The most bytes of a token; when more codes are revoked, the full lists are made anew.
    package static let byteCountMax = 64 << 10
    /// The last part of the subject, and the file's name in `status/`.
    package static let name = "hot"

    private static let listNameByteCountMax = 128
    /// The private-use claim that holds `base` and `lists`.
    private static let bodyClaim: Int64 = -65539
    private static let depthMax = 6

    /// The revoked bits of one full list.
    package struct RevokedBits: Sendable, Equatable {
        /// The name of the list, which is a shard's name.
        package let list: String
        /// Bits of that list, ascending, at least one.
        package let bits: [UInt32]

        package init(list: String, bits: [UInt32]) {
            self.list = list
            self.bits = bits
        }
    }

    /// The address where the hot list is published; it ends in ``name``.
    package let subject: String
    /// The least `iat` of the full lists that the hot list goes with: it has what a list of this time may lack.
    package let base: UInt64
    package let issuedAt: UInt64
    package let expiresAt: UInt64
    /// Ascending by name.
    package let revoked: [RevokedBits]

    /// Takes the revoked bits in any order.
    package init(subject: String, base: UInt64, issuedAt: UInt64, expiresAt: UInt64, revoked: [String: [UInt32]]) {
        self.subject = subject
        self.base = base
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.revoked = revoked.filter { !$0.value.isEmpty }.map { list, bits in
            RevokedBits(list: list, bits: Set(bits).sorted())
        }.sorted { $0.list.utf8.lexicographicallyPrecedes($1.list.utf8) }
    }

    /// The signed token, which may be longer than ``byteCountMax``; the key must have the use `statuslist`.
    package func signed(by key: SigningKey) throws(SigningError) -> [UInt8] {
        try SignedMessage.sign(claims(), by: key, type: Self.contentType)
    }

    /// The claims 2, 4, 6 and -65539, in deterministic CBOR.
    package func claims() -> [UInt8] {
        let lists = revoked.map { list in
            CBORItem.array([.text(list.list), .array(list.bits.map { .unsigned(UInt64($0)) })])
        }
        return CBORItem.map(
            CBORMap([
                .init(key: .unsigned(2), value: .text(subject)),
                .init(key: .unsigned(4), value: .unsigned(expiresAt)),
                .init(key: .unsigned(6), value: .unsigned(issuedAt)),
                .init(
                    key: .integer(Self.bodyClaim),
                    value: .record([("base", .unsigned(base)), ("lists", .array(lists))])),
            ])
        ).encoded()
    }

    /// Reads a token that a trusted key signed.
    ///
    /// - Parameters:
    ///   - bytes: the whole token.
    ///   - isTrusted: whether a key that may sign status lists signed a message.
    /// - Throws: `status_unknown`.
    package init(_ bytes: ArraySlice<UInt8>, isTrusted: (SignedMessage) -> Bool) throws(BundleError) {
        try self.init(
            claims: StatusSignature.claims(
                of: bytes, type: Self.contentType, byteCountMax: Self.byteCountMax, isTrusted: isTrusted,
                refused: Self.refused))
    }

    /// Reads the claims: deterministic CBOR with exactly the claims and members of the CDDL, everything in order.
    ///
    /// Throws `status_unknown`.
    package init(claims payload: ArraySlice<UInt8>) throws(BundleError) {
        let item: CBORItem
        do {
            item = try CBORItem.decode(
                payload, rules: .deterministic, byteCountMax: Self.byteCountMax, depthMax: Self.depthMax)
        } catch {
            throw Self.refused(error.reason)
        }
        guard let claims = item.map, claims.entries.count == 4, let subject = claims[integer: 2]?.text,
            let expiresAt = claims[integer: 4]?.unsigned, let issuedAt = claims[integer: 6]?.unsigned,
            let body = claims[integer: Self.bodyClaim]?.map, body.entries.count == 2,
            let base = body[text: "base"]?.unsigned, let lists = body[text: "lists"]?.array
        else { throw Self.refused("its claims are not those of a hot list") }
        guard base <= issuedAt, issuedAt < expiresAt else { throw Self.refused("its times are out of order") }
        var revoked: [RevokedBits] = []
        for item in lists {
            guard let list = Self.revokedBits(item),
                revoked.last?.list.utf8.lexicographicallyPrecedes(list.list.utf8) != false
            else { throw Self.refused("its lists or their bits are malformed or out of order") }
            revoked.append(list)
        }
        self.subject = subject
        self.base = base
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.revoked = revoked
    }

    private static func revokedBits(_ item: CBORItem) -> RevokedBits? {
        guard let parts = item.array, parts.count == 2, let list = parts[0].text,
            (1...listNameByteCountMax).contains(list.utf8.count), let items = parts[1].array, !items.isEmpty
        else { return nil }
        var bits: [UInt32] = []
        bits.reserveCapacity(items.count)
        for item in items {
            guard let bit = item.unsigned, bit < UInt64(StatusList.readCountMax),
                bits.last.map({ UInt64($0) < bit }) != false
            else { return nil }
            bits.append(UInt32(bit))
        }
        return RevokedBits(list: list, bits: bits)
    }

    static func refused(_ reason: @autoclosure () -> String) -> BundleError {
        BundleError(
            code: .statusUnknown, reason: "the hot list is refused: \(reason())", hint: "fetch the hot list again")
    }
}
