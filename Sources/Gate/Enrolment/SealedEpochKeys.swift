package import Credential
import Encoding
package import Signing

/// One gate's epoch keys, sealed to its receiving key and signed by a bundle key: `keys/GATE` in the bundle's folder.
///
/// Enrolment.md has the format.
package struct SealedEpochKeys: Sendable {
    /// The folder of the sealed keys in the bundle's folder.
    package static let folder = "keys"
    package static let byteCountMax = 160 << 10
    /// Header parameter 16 (RFC 9596), so that no other signed document passes for sealed keys.
    private static let type = "suishen-gate-keys"
    private static let members = ["gate", "iat", "domains", "firstDay", "lastDay", "sealed"]

    package let gate: GateIdentifier
    /// Seconds since 1970-01-01T00:00:00Z; rises with every file of a gate.
    package let issuedAt: UInt64
    package let domains: Set<SealDomain>
    /// Days since 1970-01-01 (UTC).
    package let days: ClosedRange<UInt64>
    private let sealed: [UInt8]

    /// The file's path in the bundle's folder.
    package static func path(of gate: GateIdentifier) -> String { "\(folder)/\(gate.text)" }

    /// Seals and signs a gate's keys.
    ///
    /// - Parameters:
    ///   - keys: every domain's keys for the same days.
    ///   - gate: the gate.
    ///   - receiver: the gate's receiving key.
    ///   - issuedAt: later than that of the gate's last file.
    ///   - signer: a bundle key of the newest root document, or the root where there is none.
    /// - Returns: the file's bytes; other bytes at every call.
    /// - Throws: the error of sealing or signing.
    package static func signed(
        _ keys: EpochKeyFile, for gate: GateIdentifier, sealedTo receiver: ReceivingPublicKey, issuedAt: UInt64,
        by signer: SigningKey
    ) throws(SigningError) -> [UInt8] {
        var writer = CBORWriter(capacity: keys.entries.count * 64 + 64)
        writer.array(count: 3)
        writer.byteString(gate.bytes)
        writer.unsigned(issuedAt)
        writer.byteString(keys.encoded())
        let days = keys.entries.map(\.day)
        let payload = CBORItem.record([
            ("gate", .byteString(gate.bytes)), ("iat", .unsigned(issuedAt)),
            ("domains", .array(Set(keys.entries.map(\.domain.rawValue)).sorted().map { .text($0) })),
            ("firstDay", .unsigned(days.min() ?? 0)), ("lastDay", .unsigned(days.max() ?? 0)),
            ("sealed", .byteString(try receiver.seal(writer.bytes))),
        ])
        return try SignedMessage.sign(payload.encoded(), by: signer, type: type)
    }

    /// Reads a file that one of the authority's keys signed.
    ///
    /// - Throws: `keys_unusable`, or `keys_bad_signature`.
    package init(_ bytes: [UInt8], signedBy authority: BundleAuthority) throws(BundleError) {
        let message = try Self.message(bytes)
        let warrant: BundleWarrant?
        do throws(BundleError) {
            warrant = try authority.warrant(for: message)
        } catch {
            throw .sealedKeys(.keysBadSignature, "no key that may sign bundles signed them")
        }
        try self.init(payload: message.payload)
        guard warrant.map({ issuedAt < $0.bundleKey.expiresAt }) != false else {
            throw .sealedKeys(.keysBadSignature, "they were signed at \(issuedAt), after their key's end")
        }
    }

    /// Reads a file of the caller's own folder, whose signature is not checked here.
    ///
    /// - Returns: the file, and the identifier of the key that it names as its signer.
    /// - Throws: `keys_unusable`.
    package static func published(_ bytes: [UInt8]) throws(BundleError) -> (keys: SealedEpochKeys, signer: [UInt8]) {
        let message = try message(bytes)
        return (try SealedEpochKeys(payload: message.payload), message.keyIdentifier)
    }

    /// Whether a file's bytes are signed by this key.
    package static func isSigned(_ bytes: [UInt8], by key: VerificationKey) -> Bool {
        (try? message(bytes))?.isSigned(by: key) == true
    }

    private static func message(_ bytes: [UInt8]) throws(BundleError) -> SignedMessage {
        guard let message = try? SignedMessage(bytes[...], type: type, byteCountMax: byteCountMax) else {
            throw .sealedKeys(.keysUnusable, "they are not a signed message of their type")
        }
        return message
    }

    /// The gate whose file lies at a path of a bundle's folder; nil for another file.
    package static func gate(ofPath path: String) -> GateIdentifier? {
        path.hasPrefix("\(folder)/") ? GateIdentifier(String(path.dropFirst(folder.utf8.count + 1))) : nil
    }

    /// Reads a payload, whose signature the caller has checked.
    init(payload: ArraySlice<UInt8>) throws(BundleError) {
        do {
            let item = try CBORItem.decode(
                payload, rules: .deterministic, byteCountMax: Self.byteCountMax, depthMax: 3)
            let fields = try DocumentFields(item, in: "the sealed keys", onlyWith: Self.members)
            let domains = try fields.values("domains", countMax: SealDomain.allCases.count, SealDomain.init(rawValue:))
            let (first, last) = (try fields.unsigned("firstDay"), try fields.unsigned("lastDay"))
            guard let gate = GateIdentifier(bytes: try fields.bytes("gate")), first <= last, !domains.isEmpty,
                Set(domains).count == domains.count
            else { throw BundleError.malformed("the sealed keys") }
            (self.gate, self.domains, days) = (gate, Set(domains), first...last)
            (issuedAt, sealed) = (try fields.unsigned("iat"), try fields.bytes("sealed"))
        } catch {
            throw .sealedKeys(.keysUnusable, "their payload is malformed")
        }
    }

    /// Opens the keys in memory.
    ///
    /// - Parameter keys: the gate's own keys.
    /// - Returns: exactly the keys that the signed part names.
    /// - Throws: `keys_foreign` for another gate's, `keys_unusable`.
    package func opened(by keys: GateKeys) throws(BundleError) -> EpochKeyFile { try openedWhole(by: keys).file }

    /// Opens the keys, and says whether they were sealed to the gate's next receiving key.
    ///
    /// - Throws: as ``opened(by:)``.
    func openedWhole(by keys: GateKeys) throws(BundleError) -> (file: EpochKeyFile, isForNextKey: Bool) {
        guard gate == keys.gate else {
            throw .sealedKeys(.keysForeign, "they are for gate \(gate.text), and this is gate \(keys.gate.text)")
        }
        guard case (var content, let isForNextKey)? = keys.open(sealed) else {
            throw .sealedKeys(.keysUnusable, "this gate's receiving key does not open them")
        }
        // Nothing but the result may share the bytes here, or the wipe would only reach a copy.
        defer { SecretFile.wipe(&content) }
        guard let file = entries(content) else {
            throw .sealedKeys(.keysUnusable, "their content is not what their signed part names")
        }
        return (file, isForNextKey)
    }

    /// The keys in opened bytes; nil unless they are for this gate, and each domain has one key for each day.
    private func entries(_ content: [UInt8]) -> EpochKeyFile? {
        guard var reader = try? CBORReader(content, byteCountMax: Self.byteCountMax),
            (try? reader.readArrayHeader()) == 3, let gate = try? reader.readByteString(),
            gate.elementsEqual(self.gate.bytes), (try? reader.readUnsigned()) == issuedAt,
            var bytes = (try? reader.readByteString()).map(Array.init), (try? reader.finish()) != nil
        else { return nil }
        defer { SecretFile.wipe(&bytes) }
        guard let file = try? EpochKeyFile(bytes), UInt64(file.entries.count) <= 4096,
            file.entries.allSatisfy({ domains.contains($0.domain) && days.contains($0.day) })
        else { return nil }
        let places = Set(file.entries.map { "\($0.domain.rawValue) \($0.day)" })
        let (dayCount, hasOverflown) = (days.upperBound - days.lowerBound).addingReportingOverflow(1)
        guard !hasOverflown, dayCount <= 4096, places.count == file.entries.count,
            UInt64(places.count) == dayCount * UInt64(domains.count)
        else { return nil }
        return file
    }
}

extension BundleError {
    static func sealedKeys(_ code: Code, _ reason: String) -> BundleError {
        BundleError(
            code: code, reason: "the gate's sealed epoch keys are refused: \(reason)",
            hint: "fetch this gate's newest file of `suishen gate keys`, or enrol the gate again if it was revoked")
    }
}
