import Glibc
import Platform
import Signing

/// The epoch keys with which one generation of a gate decides.
///
/// An enrolled gate opens `keys/GATE` in memory. Refused sealed keys leave the gate without epoch keys, and the rest of
/// the folder decides as the scene says; every verdict names the refusal's code as a warning.
struct GateEpochKeys: Sendable {
    let file: EpochKeyFile?
    /// The `iat` of the sealed keys; nil where there are none.
    let issuedAt: UInt64?
    /// Why the sealed keys are refused.
    let refusal: BundleError?

    /// Whether the keys lie in clear in the folder: a copy of the folder has them too.
    var isInClear: Bool { file != nil && issuedAt == nil }

    var warnings: [String] { refusal.map { [$0.code.rawValue] } ?? [] }

    /// Reads the keys of a gate's folder.
    ///
    /// - Parameters:
    ///   - contents: the folder of the generation.
    ///   - folder: the gate's folder, whose keys count where the generation has none: they were copied there by hand.
    ///   - users: the users who may write it.
    ///   - statePath: the gate's state folder, which has its own keys.
    ///   - authority: whose signature sealed keys need.
    ///   - newestTime: the `iat` of the newest sealed keys that this gate has seen.
    /// - Throws: `bundle_unreadable` for files that others can change, and for keys in clear that cannot be read.
    init(
        in contents: String, beside folder: String, users: TrustedUsers, statePath: String,
        authority: BundleAuthority, newestTime: UInt64
    ) throws(BundleError) {
        func path(of name: String) -> String {
            let own = "\(contents)/\(name)"
            return unsafe access(own, F_OK) == 0 ? own : "\(folder)/\(name)"
        }
        do throws(BundleError) {
            if let keys = try GateKeys(in: statePath) {
                let sealedPath = path(of: SealedEpochKeys.path(of: keys.gate))
                if unsafe access(sealedPath, F_OK) == 0 {
                    let sealed = try SealedEpochKeys(
                        GateFile.read(sealedPath, of: users, byteCountMax: SealedEpochKeys.byteCountMax),
                        signedBy: authority)
                    guard sealed.issuedAt >= newestTime else {
                        throw .sealedKeys(
                            .keysRollback, "they are of \(sealed.issuedAt), and this gate has seen \(newestTime)")
                    }
                    (file, issuedAt, refusal) = (try sealed.opened(by: keys), sealed.issuedAt, nil)
                    return
                }
            }
        } catch {
            (file, issuedAt, refusal) = (nil, nil, error.code == .unreadable ? Self.unusable(error) : error)
            return
        }
        let clearPath = path(of: EpochKeyFile.name)
        try GateFile.check(clearPath, users)
        file = unsafe access(clearPath, F_OK) == 0 ? try Self.keysInClear(clearPath) : nil
        (issuedAt, refusal) = (nil, nil)
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
