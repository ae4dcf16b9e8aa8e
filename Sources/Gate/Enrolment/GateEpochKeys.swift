import Glibc
import Platform
import Signing

/// The epoch keys with which one generation of a gate decides.
///
/// An enrolled gate opens `keys/GATE` in memory. A gate whose sealed keys are refused has no epoch keys; a running gate
/// keeps those that it had. The rest of the folder still counts, and every verdict has the refusal's code as a warning.
struct GateEpochKeys: Sendable {
    private let keys: EpochKeyFile?
    /// The `iat` of the sealed keys; nil where there are none.
    private let issuedAt: UInt64?
    /// The refusal of the folder's sealed keys that holds at any time; nil for none.
    let refusal: BundleError?
    /// Whether the sealed keys were opened by the gate's next receiving key.
    let isForNextKey: Bool

    /// Whether the keys lie in clear in the folder: a copy of the folder has them too.
    var isInClear: Bool { keys != nil && issuedAt == nil }

    /// The last day of the keys, since 1970-01-01 (UTC); nil without keys.
    var lastDay: UInt64? { keys?.entries.map(\.day).max() }

    /// Reads the keys of a gate's folder.
    ///
    /// - Parameters:
    ///   - places: the folder of the generation, then the gate's folder. Keys that were copied by hand into the gate's
    ///     folder count where the generation has none.
    ///   - users: the users who may write it.
    ///   - own: the gate's own keys; nil for a gate that is not enrolled.
    ///   - authority: the keys that may sign sealed keys.
    ///   - newestTime: the `iat` of the newest sealed keys that this gate has seen.
    /// - Throws: `bundle_unreadable` for files that others can change, and for keys in clear that cannot be read.
    init(
        in places: [String], users: TrustedUsers, own: Result<GateKeys?, BundleError>, authority: BundleAuthority,
        newestTime: UInt64
    ) throws(BundleError) {
        do throws(BundleError) {
            if let own = try own.get(), let path = Self.path(of: SealedEpochKeys.path(of: own.gate), in: places) {
                let sealed = try SealedEpochKeys(
                    GateFile.read(path, of: users, byteCountMax: SealedEpochKeys.byteCountMax), signedBy: authority)
                guard sealed.issuedAt >= newestTime else {
                    throw .sealedKeys(
                        .keysRollback, "they are of \(sealed.issuedAt), and this gate has seen \(newestTime)")
                }
                let opened = try sealed.openedWhole(by: own)
                self.init(opened.file, issuedAt: sealed.issuedAt, isForNextKey: opened.isForNextKey)
                return
            }
        } catch {
            self.init(nil, issuedAt: nil, refusal: error.code == .unreadable ? Self.unusable(error) : error)
            return
        }
        guard let path = Self.path(of: EpochKeyFile.name, in: places) else {
            self.init(nil, issuedAt: nil)
            return
        }
        try GateFile.check(path, users)
        self.init(try Self.keysInClear(path), issuedAt: nil)
    }

    private init(
        _ keys: EpochKeyFile?, issuedAt: UInt64?, refusal: BundleError? = nil, isForNextKey: Bool = false
    ) {
        (self.keys, self.issuedAt, self.refusal, self.isForNextKey) = (keys, issuedAt, refusal, isForNextKey)
    }

    /// The keys that may be used: none while sealed ones are dated ahead of the clock.
    ///
    /// - Parameters:
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    ///   - skewSeconds: the gate's clock skew.
    /// - Returns: the keys; nil without usable ones.
    func keys(at now: UInt64, skewSeconds: UInt64) -> EpochKeyFile? {
        isAhead(of: now, skewSeconds) ? nil : keys
    }

    /// The `iat` of sealed keys that may be used; nil without such keys.
    func issuedAt(at now: UInt64, skewSeconds: UInt64) -> UInt64? {
        isAhead(of: now, skewSeconds) ? nil : issuedAt
    }

    /// The refusal of the folder's sealed keys at a time; nil for none.
    func refusal(at now: UInt64, skewSeconds: UInt64) -> BundleError? {
        if let refusal { return refusal }
        guard let issuedAt, isAhead(of: now, skewSeconds) else { return nil }
        return .sealedKeys(.keysAhead, "they are dated ahead of this machine's clock, at \(issuedAt)")
    }

    /// These keys; where they are refused, the former keys with this refusal.
    func orFormer(_ former: GateEpochKeys, at now: UInt64, skewSeconds: UInt64) -> GateEpochKeys {
        guard let refusal = refusal(at: now, skewSeconds: skewSeconds), former.keys != nil else { return self }
        return GateEpochKeys(former.keys, issuedAt: former.issuedAt, refusal: refusal)
    }

    private func isAhead(of now: UInt64, _ skewSeconds: UInt64) -> Bool {
        issuedAt.map { SignedTime.isAhead($0, of: now, skewSeconds: skewSeconds) } ?? false
    }

    /// The first of the places that has a file; nil if none has.
    private static func path(of name: String, in places: [String]) -> String? {
        places.map { "\($0)/\(name)" }.first { unsafe access($0, F_OK) == 0 }
    }

    private static func unusable(_ error: BundleError) -> BundleError {
        BundleError(code: .keysUnusable, reason: error.reason, hint: error.hint)
    }

    private static func keysInClear(_ path: String) throws(BundleError) -> EpochKeyFile {
        do {
            var bytes = try SecretFile.read(path, byteCountMax: EpochKeyFile.byteCountMax)
            defer { SecretFile.wipe(&bytes) }
            return try EpochKeyFile(bytes)
        } catch let error as SigningError {
            throw BundleError(code: .unreadable, reason: error.reason, hint: error.hint)
        } catch let error as BundleError {
            throw error
        } catch {
            throw .malformed("\(path) cannot be read")
        }
    }
}
