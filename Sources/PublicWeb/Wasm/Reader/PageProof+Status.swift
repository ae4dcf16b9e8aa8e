import Credential
import Encoding
import Signing

extension PageProof {
    /// The code's bit in its status list and in the hot list; both signed by keys that may sign such lists.
    ///
    /// The parts are the status list, the hot list (empty where none is published), and the time in seconds.
    mutating func takeStatus(_ parts: InputParts) throws(StepFailure) -> JSONObject {
        guard let trust, let claims = code?.claims, let list = claims.statusList,
            let index = claims.statusIndices.first
        else { throw .misused }
        let (listBytes, hotBytes, now) = (try parts.bytes(0), try parts.bytes(1), try parts.number(2))
        let reference = list.shard(of: index)
        let bit = Int(index % StatusListReference.shardBitCount)
        do throws(BundleError) {
            let token = try Self.list(listBytes, reference, trust)
            let hot = hotBytes.isEmpty ? nil : try Self.hotList(hotBytes, of: reference.issuer, trust)
            guard bit < token.list.count else { throw Self.unknown("the list is shorter than the code's index") }
            let isHot = hot?.revoked.contains { $0.list == reference.name && $0.bits.contains(UInt32(bit)) } == true
            // A set bit is never cleared, so an old list still tells which codes are revoked.
            let isRevoked = token.list[bit] || isHot
            if !isRevoked { try Self.checkTimes(token, hot, least: trust.bundle.statusListTimes[reference], at: now) }
            return [
                "revoked": .bool(isRevoked),
                "asOf": .string(String(max(token.issuedAt, hot?.issuedAt ?? 0))),
            ]
        } catch {
            throw StepFailure(error)
        }
    }

    private static func list(
        _ bytes: ArraySlice<UInt8>, _ reference: StatusListReference, _ trust: PageTrust
    ) throws(BundleError) -> StatusListToken {
        var signers: [IssuerRecord] = []
        let token = try StatusListToken(bytes) { message in
            signers = Self.signers(of: message, trust)
            return !signers.isEmpty
        }
        guard token.subject.hasSuffix("/\(reference.name)"),
            signers.contains(where: { $0.issuer == reference.issuer && $0.signs(at: token.issuedAt) })
        else { throw unknown("it is another list, or its key did not sign at that time") }
        return token
    }

    private static func hotList(
        _ bytes: ArraySlice<UInt8>, of issuer: String, _ trust: PageTrust
    ) throws(BundleError) -> HotListToken {
        var signers: [IssuerRecord] = []
        let token = try HotListToken(bytes) { message in
            signers = Self.signers(of: message, trust)
            return !signers.isEmpty
        }
        guard signers.contains(where: { $0.issuer == issuer && $0.signs(at: token.issuedAt) }) else {
            throw unknown("the hot list's key is another issuer's, or did not sign at that time")
        }
        return token
    }

    private static func signers(of message: SignedMessage, _ trust: PageTrust) -> [IssuerRecord] {
        trust.keys(message.keyIdentifier, for: .statuslist).filter { message.isSigned(by: $0.key) }.map { $0.record }
    }

    /// Refuses lists that are too old to say that a code is not revoked.
    private static func checkTimes(
        _ token: StatusListToken, _ hot: HotListToken?, least: UInt64?, at now: UInt64
    ) throws(BundleError) {
        guard token.issuedAt >= least ?? 0 else { throw unknown("the list is older than the trust list") }
        if let end = token.expiresAt, now >= end { throw unknown("the list has ended") }
        guard let hot else { return }
        guard now < hot.expiresAt else { throw unknown("the hot list has ended") }
        guard hot.base <= token.issuedAt else { throw unknown("the list is older than the hot list supposes") }
    }

    private static func unknown(_ reason: String) -> BundleError {
        BundleError(code: .statusUnknown, reason: reason, hint: "reload the page in a minute")
    }
}
