import Credential
package import Signing

/// Makes and seals the receipts of a scan, before it is known whether the scan is accepted.
///
/// Sealing takes as long as a signature, so that every core does it for its own scans. What is refused later is thrown
/// away unread.
package struct ReceiptMaker: Sendable {
    private let key: ReceivingPublicKey
    private let random: any RandomSource

    /// - Parameters:
    ///   - key: the issuer's settlement key.
    ///   - random: the source of what hides a leaf's content.
    package init(sealingTo key: ReceivingPublicKey, random: any RandomSource) {
        (self.key, self.random) = (key, random)
    }

    /// The entries of the person codes in a scan that is refused by no check so far.
    ///
    /// - Parameters:
    ///   - scan: from ``Verifier/assess(_:unreadCount:beside:at:)``.
    ///   - now: the time of the acceptance, in seconds since 1970-01-01T00:00:00Z.
    /// - Returns: one entry for each person code.
    /// - Throws: `receipt_unsealed`.
    package func entries(of scan: AssessedScan, at now: UInt64) throws(ReceiptError) -> [ReceiptEntry] {
        guard case .success = scan.together else { return [] }
        var entries: [ReceiptEntry] = []
        for code in scan.codes {
            guard case .success(let accepted) = code.answer, case .suishen(let proofs) = accepted.source,
                let person = proofs.signature.claims.person, let scene = code.findings.scene
            else { continue }
            switch person.kind {
            case .signed, .chain: entries.append(.shown(try receipt(code.payload, scene: scene, at: now)))
            case .timed: entries.append(.timed)
            case .paper: entries.append(.paper)
            }
        }
        return entries
    }

    private func receipt(_ payload: [UInt8], scene: String, at now: UInt64) throws(ReceiptError) -> SealedReceipt {
        do {
            let text = try CredentialText(parsing: String(decoding: payload, as: UTF8.self))
            guard
                var opening = ReceiptOpening(
                    random: try random.bytes(ReceiptOpening.randomByteCount), scene: scene, code: text.bytes, time: now
                )?.encoded()
            else { throw Self.unsealed("the code is too long") }
            defer { SecretFile.wipe(&opening) }
            return SealedReceipt(leaf: ReceiptOpening.leaf(of: opening), sealed: try key.seal(opening))
        } catch let error as ReceiptError {
            throw error
        } catch let error as SigningError {
            throw Self.unsealed(error.reason)
        } catch {
            throw Self.unsealed("the code cannot be read again")
        }
    }

    private static func unsealed(_ cause: String) -> ReceiptError {
        ReceiptError(
            code: .unsealed, reason: "the receipt cannot be sealed: \(cause)",
            hint: "fetch a bundle with the issuer's settlement key, and report this to the gate's vendor")
    }
}
