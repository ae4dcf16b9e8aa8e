import Foundation
import Storage
import Synchronization

@testable import Issuing

/// Renews a lease for the service that should hold it, on a thread of its own, however busy the machine is.
final class LeaseKeeper: Sendable {
    private let holder: Mutex<IssuingService?>

    init(_ service: IssuingService) {
        holder = Mutex(service)
        Thread.detachNewThread { [weak self] in
            while let keeper = self {
                keeper.holder.withLock { try? $0?.database.lease?.renew() }
                usleep(300_000)
            }
        }
    }

    /// Changes the holder, and does work between two renewals.
    ///
    /// - Throws: the error of `work`.
    func hold(_ service: IssuingService?, after work: () throws -> Void = {}) throws {
        try holder.withLock { holder in
            holder = service
            try work()
        }
    }
}
