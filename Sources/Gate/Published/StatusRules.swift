import Credential

/// The rules by which a published status list and a hot list say whether a code is revoked.
///
/// The service and the browser run this file; tools/build-wasm compiles it as Embedded Swift.
struct StatusRules: Sendable {
    /// The hint of every refusal.
    let hint: String

    /// Reads a status list.
    ///
    /// - Parameters:
    ///   - bytes: the whole token.
    ///   - reference: the list that it must be.
    ///   - signers: the records whose keys may sign lists and signed a message.
    /// - Returns: the list, which may have ended.
    /// - Throws: `status_unknown`, and the errors of a token.
    func list(
        _ bytes: ArraySlice<UInt8>, _ reference: StatusListReference, signers: (SignedMessage) -> [IssuerRecord]
    ) throws(BundleError) -> StatusListToken {
        var found: [IssuerRecord] = []
        let token = try StatusListToken(bytes) { message in
            found = signers(message)
            return !found.isEmpty
        }
        guard token.isPublished(as: reference.name),
            found.contains(where: { $0.issuer == reference.issuer && $0.signs(at: token.issuedAt) })
        else { throw unknown("\(reference.name) is another list, or its key did not sign at that time") }
        return token
    }

    /// Reads a hot list.
    ///
    /// - Parameters:
    ///   - bytes: the whole token.
    ///   - issuer: the issuer that must have signed it; nil for any issuer of the trust list.
    ///   - signers: the records whose keys may sign lists and signed a message.
    /// - Returns: the list, which may have ended.
    /// - Throws: `status_unknown`, and the errors of a token.
    func hotList(
        _ bytes: ArraySlice<UInt8>, of issuer: String?, signers: (SignedMessage) -> [IssuerRecord]
    ) throws(BundleError) -> HotListToken {
        var found: [IssuerRecord] = []
        let token = try HotListToken(bytes) { message in
            found = signers(message)
            return !found.isEmpty
        }
        let isSigned = found.contains { record in
            record.signs(at: token.issuedAt) && (issuer == nil || record.issuer == issuer)
        }
        guard isSigned else {
            throw unknown("the hot list's key is another issuer's, or did not sign at \(token.issuedAt)")
        }
        return token
    }

    /// What the lists say about one code.
    ///
    /// - Parameters:
    ///   - bit: the code's index in its list.
    ///   - reference: the list's name and issuer.
    ///   - token: the list.
    ///   - hot: the hot list; nil where none is published.
    ///   - least: the least `iat` of the list, in seconds since 1970-01-01T00:00:00Z; nil for any.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    /// - Returns: whether the code is revoked, and the newest `iat` of the lists that say so.
    /// - Throws: `status_unknown` for lists that are too short, or too old to say that a code is not revoked.
    func status(
        of bit: Int, in reference: StatusListReference, _ token: StatusListToken, _ hot: HotListToken?, least: UInt64?,
        at now: UInt64
    ) throws(BundleError) -> (isRevoked: Bool, time: UInt64) {
        guard bit < token.list.count else { throw unknown("\(reference.name) is shorter than the code's index") }
        let isHot = hot?.revoked.contains { $0.list == reference.name && $0.bits.contains(UInt32(bit)) } == true
        // A set bit is never cleared, so an old list still tells which codes are revoked.
        if token.list[bit] || isHot { return (true, max(token.issuedAt, isHot ? hot?.issuedAt ?? 0 : 0)) }
        guard token.issuedAt >= least ?? 0 else { throw unknown("\(reference.name) is older than the bundle") }
        if let end = token.expiresAt, now >= end { throw unknown("\(reference.name) has ended") }
        guard let hot else { return (false, token.issuedAt) }
        guard now < hot.expiresAt else { throw unknown("the hot list has ended") }
        guard hot.base <= token.issuedAt else {
            throw unknown("\(reference.name) is older than the hot list supposes")
        }
        return (false, max(token.issuedAt, hot.issuedAt))
    }

    /// The error of a status that cannot be told.
    func unknown(_ reason: @autoclosure () -> String) -> BundleError {
        BundleError(code: .statusUnknown, reason: reason(), hint: hint)
    }
}
