import Credential
import Gate
import Platform
import Synchronization

/// What the published tree says now; the tree is looked at once a second at most.
final class IssuerView: Sendable {
    /// The age of a look at the tree that is still used.
    static let ageMillisecondsMax = 1000

    private struct Look: Sendable {
        let trust: Result<PublishedTrust, BundleError>
        let milliseconds: Int
        /// Of the newest bundle that this process has seen.
        let newestVersion: UInt64
    }

    private let settings: WebSettings
    private let statusLists: PublishedStatus
    private let look = Mutex<Look?>(nil)
    /// The code of the last reported error; nil while the tree can be used.
    private let trouble = Mutex<BundleError.Code?>(nil)
    private let changed: @Sendable (BundleError?) -> Void

    /// - Parameters:
    ///   - settings: say where the tree is and who may write to it.
    ///   - changed: receives the error that keeps the tree from being used, once for each change of its code, and nil
    ///     when the tree can be used again.
    init(_ settings: WebSettings, changed: @escaping @Sendable (BundleError?) -> Void = { _ in }) {
        self.settings = settings
        self.changed = changed
        statusLists = PublishedStatus(tree: settings.tree, users: settings.users)
    }

    /// The trust list, at a time in seconds since 1970-01-01T00:00:00Z.
    ///
    /// - Throws: the error of a tree that cannot be used, or has ended.
    func trust(at now: UInt64) throws(BundleError) -> PublishedTrust {
        do throws(BundleError) {
            let trust = try current().get()
            try trust.check(at: now, skewSeconds: Scene.clockSkewSecondsDefault)
            note(nil)
            return trust
        } catch {
            note(error)
            throw error
        }
    }

    private func note(_ error: BundleError?) {
        let isNew = trouble.withLock { trouble in
            defer { trouble = error?.code }
            return trouble != error?.code
        }
        if isNew { changed(error) }
    }

    private func current() -> Result<PublishedTrust, BundleError> {
        let milliseconds = MonotonicClock.milliseconds()
        return look.withLock { look in
            if let known = look, milliseconds - known.milliseconds < Self.ageMillisecondsMax { return known.trust }
            if let known = look, case .success(let trust) = known.trust, trust.isCurrent(in: settings.tree) {
                look = Look(trust: known.trust, milliseconds: milliseconds, newestVersion: known.newestVersion)
                return known.trust
            }
            let newest = look?.newestVersion ?? 0
            let trust = Result { () throws(BundleError) in try read(after: newest) }
            let version = (try? trust.get())?.bundle.version ?? 0
            look = Look(trust: trust, milliseconds: milliseconds, newestVersion: max(newest, version))
            return trust
        }
    }

    /// Reads the tree, and refuses one that was put back to an earlier bundle while this process ran.
    private func read(after newest: UInt64) throws(BundleError) -> PublishedTrust {
        let trust = try PublishedTrust(tree: settings.tree, root: settings.root, users: settings.users)
        guard trust.bundle.version >= newest else {
            throw BundleError(
                code: .rollback, reason: "the tree has bundle \(trust.bundle.version), and had bundle \(newest)",
                hint: "publish the newest bundle again with `suishen publish`")
        }
        return trust
    }

    /// Checks a code, up to its status.
    ///
    /// - Parameters:
    ///   - form: of the path's letter.
    ///   - base32: the path's last part.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    /// - Returns: the code with its claims, its life and its status.
    /// - Throws: why it is refused, or why nothing can be said.
    func code(_ form: Form, _ base32: String, at now: UInt64) throws(Refusal) -> CheckedCode {
        let trust: PublishedTrust
        do throws(BundleError) {
            trust = try self.trust(at: now)
        } catch {
            throw Refusal(error)
        }
        let path = CodePath(form: form, base32: base32.uppercased())
        let credential = try trust.signedCode(
            "HTTPS://\(settings.codeHost)/\(path.letter)/\(path.base32)", at: now)
        return CheckedCode(
            path: path, credential: credential,
            life: CodeLife(of: credential, at: now, skewSeconds: Scene.clockSkewSecondsDefault),
            status: statusLists.status(of: credential, in: trust, at: now))
    }
}
