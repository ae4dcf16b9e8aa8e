import Credential
import Encoding

/// Checks an opened receipt as the gate checked the code: for the time and the scene of the acceptance.
///
/// Revocation, seals and replays are not checked again: status lists tell what is revoked now and not what a gate knew
/// then, and whoever settles has no memory of showings.
package struct ReceiptCheck: Sendable {
    /// A showing that the check found good.
    package struct Showing: Sendable, Hashable {
        private let cti: [UInt8]
        private let number: UInt64
        private let isChain: Bool

        fileprivate init(cti: [UInt8], number: UInt64, isChain: Bool) {
            (self.cti, self.number, self.isChain) = (cti, number, isChain)
        }

        /// The showing in deterministic CBOR: the same for every copy, however its text is written.
        package func encoded() -> [UInt8] {
            CBORItem.array([.byteString(cti), .unsigned(number), .bool(isChain)]).encoded()
        }
    }

    /// The warning of a refusal for a key that was struck since.
    package static let struckWarning = "key_compromised"

    private let trust: TrustList
    private let scenes: [Scene]

    /// - Parameters:
    ///   - issuers: the keys of the bundles in which codes were trusted.
    ///   - scenes: the scenes in which the gate may decide.
    package init(issuers: [IssuerRecord], scenes: [Scene]) {
        (trust, self.scenes) = (TrustList(issuers), scenes)
    }

    /// The showing in an opening.
    ///
    /// - Parameters:
    ///   - opening: the opened receipt.
    ///   - day: the closed day that it stands in.
    /// - Returns: the showing, which identifies every copy of it.
    /// - Throws: the refusal of the first failed check; with ``struckWarning`` for a key that was struck.
    package func showing(_ opening: ReceiptOpening, on day: SettlementDay) throws(Refusal) -> Showing {
        guard let scene = scenes.first(where: { $0.name == opening.scene }) else {
            throw Refusal(.wrongScene, "the gate does not decide in the receipt's scene")
        }
        guard SettlementDay(of: opening.time) == day else {
            throw Refusal(.malformed, "the receipt is of another day")
        }
        let readable = try ReadableCode(form: .person, message: opening.code)
        let keys = try TrustedKeys(of: readable, in: trust, at: opening.time)
        let code = try SignedCode(readable, by: keys, in: trust)
        // A gate may allow phones more skew than the scene says.
        let skewSeconds = Scene.clockSkewSecondsMax
        _ = try CodeInLife(code, at: opening.time, skewSeconds: skewSeconds)
        let shown = try ShownByHolder(code)
        _ = try FreshlyShown(shown, in: scene, at: opening.time, skewSeconds: skewSeconds)
        _ = try KindTaken(code, in: scene)
        guard let person = code.claims.person, let presentation = shown.presentation else {
            throw Refusal(.presentationMissing, "the receipt's code was not shown by a phone")
        }
        return Showing(
            cti: person.cti, number: presentation.replayNumber, isChain: person.kind == .chain)
    }
}
