package import HTTPServing
import Platform
import Synchronization

/// The certificates and the key of a server, read again when their files change.
package final class TLSCredentials: Sendable {
    private static let interval = Duration.seconds(1)

    private let files: TLSFiles
    private let nowSeconds: @Sendable () -> UInt64
    private let loaded: Mutex<LoadedTLS>

    /// Reads the files.
    ///
    /// - Parameters:
    ///   - files: the certificates and the key.
    ///   - nowSeconds: the clock, in seconds since 1970-01-01T00:00:00Z.
    /// - Throws: `tls_unusable`.
    package init(_ files: TLSFiles, nowSeconds: @escaping @Sendable () -> UInt64) throws(ServingError) {
        self.files = files
        self.nowSeconds = nowSeconds
        loaded = Mutex(try LoadedTLS(files, at: nowSeconds()))
    }

    var current: LoadedTLS { loaded.withLock(\.self) }

    /// Seconds since 1970-01-01T00:00:00Z.
    var now: UInt64 { nowSeconds() }

    /// Reads the files again, for handshakes from now on.
    ///
    /// - Throws: `tls_unusable`; the certificates and the key stay as they were.
    package func reread() throws(ServingError) {
        var new = try LoadedTLS(files, at: nowSeconds())
        loaded.withLock { loaded in
            new.generation = loaded.generation + (new.authorities == loaded.authorities ? 0 : 1)
            loaded = new
        }
    }

    /// Reads the files again whenever one of them changes, until the task is cancelled.
    ///
    /// - Parameter report: receives the error of files that cannot be taken, once for each change of them.
    package func followContinually(report: @Sendable (ServingError) -> Void) async {
        // A change between the first reading and this line must not be missed.
        var followed = FollowedFiles(files.all)
        do throws(ServingError) { try reread() } catch { report(error) }
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.interval)
            guard followed.look() else { continue }
            do throws(ServingError) { try reread() } catch { report(error) }
        }
    }

    /// Whether callers' certificates that were checked against the authorities of that number still count.
    func trusts(generation: UInt64) -> Bool {
        loaded.withLock { $0.generation == generation }
    }
}
