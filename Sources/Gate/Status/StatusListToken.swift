import Compression
package import Credential
import Encoding

/// A status list in the form that its issuer signs: a CWT (Token Status List draft §5.2).
package struct StatusListToken: Sendable, Equatable {
    /// The `typ` header that keeps other CWTs from passing as lists.
    package static let contentType = "application/statuslist+cwt"
    /// The most bytes of one token; a list of random bits does not compress.
    package static let byteCountMax = (StatusList.readCountMax >> 3) + (1 << 16)

    /// The address where the list is published; it ends in the list's name in the bundle.
    package let subject: String
    package let issuedAt: UInt64
    package let expiresAt: UInt64?
    /// How long a gate may use a copy before fetching the list again.
    package let timeToLiveSeconds: UInt64?
    package let list: StatusList

    package init(
        subject: String, issuedAt: UInt64, expiresAt: UInt64?, timeToLiveSeconds: UInt64?, list: StatusList
    ) {
        self.subject = subject
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.timeToLiveSeconds = timeToLiveSeconds
        self.list = list
    }

    /// Reads a token that a key of the gate's trust list signed, and unpacks its list.
    ///
    /// Throws `status_unknown`, also for statuses of more than 1 bit and for a list that inflates beyond its limit.
    package init(
        _ bytes: ArraySlice<UInt8>, isTrusted: (SignedMessage) -> Bool
    ) throws(BundleError) {
        try self.init(
            claims: StatusSignature.claims(
                of: bytes, type: Self.contentType, byteCountMax: Self.byteCountMax, isTrusted: isTrusted,
                refused: Self.refused))
    }

    /// Reads the claims in any order; the draft's own examples do not sort them.
    init(claims payload: ArraySlice<UInt8>) throws(BundleError) {
        let item: CBORItem
        do {
            item = try CBORItem.decode(payload, rules: .lenient, byteCountMax: Self.byteCountMax, depthMax: 4)
        } catch {
            throw Self.refused(error.reason)
        }
        guard let claims = item.map else { throw Self.refused("its payload is not a map") }
        guard let subject = claims[integer: 2]?.text, let issuedAt = claims[integer: 6]?.unsigned,
            let statusList = claims[integer: 65533]?.map, statusList[text: "bits"]?.unsigned == 1,
            let compressed = statusList[text: "lst"]?.byteString
        else { throw Self.refused("its subject, its time or its list of 1-bit statuses is missing") }
        self.subject = subject
        self.issuedAt = issuedAt
        expiresAt = claims[integer: 4]?.unsigned
        timeToLiveSeconds = claims[integer: 65534]?.unsigned
        do {
            list = StatusList(bytes: try Inflate.all(compressed, byteCountMax: StatusList.readCountMax >> 3))
        } catch {
            throw Self.refused(error.reason)
        }
    }

    /// Whether the subject is an address that ends in a list's name.
    func isPublished(as name: String) -> Bool {
        let (address, ending) = (Array(subject.utf8), Array("/\(name)".utf8))
        return address.suffix(ending.count).elementsEqual(ending)
    }

    private static func refused(_ reason: @autoclosure () -> String) -> BundleError {
        BundleError(
            code: .statusUnknown, reason: "a status list is refused: \(reason())",
            hint: "fetch the list again, or export a new bundle")
    }
}
