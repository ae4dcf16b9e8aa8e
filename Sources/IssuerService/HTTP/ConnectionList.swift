import NIOCore
import Synchronization

/// The connections that are open, so that they can be counted, and ended in good order.
final class ConnectionList: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isFinishing = false
    }

    private let countMax: Int
    private let state = Mutex(State())

    init(countMax: Int) {
        self.countMax = countMax
    }

    /// Notes a connection until it closes; false when there are too many, or none are taken any more.
    func add(_ channel: any Channel) -> Bool {
        let key = ObjectIdentifier(channel)
        let isAdded = state.withLock {
            guard !$0.isFinishing, $0.channels.count < countMax else { return false }
            $0.channels[key] = channel
            return true
        }
        if isAdded {
            channel.closeFuture.whenComplete { [self] _ in state.withLock { _ = $0.channels.removeValue(forKey: key) } }
        }
        return isAdded
    }

    /// Closes each connection once the request under way on it is answered, and takes no more.
    func finish() {
        let channels = state.withLock {
            $0.isFinishing = true
            return Array($0.channels.values)
        }
        for channel in channels { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
    }

    /// Closes every connection now.
    func close() {
        for channel in state.withLock({ Array($0.channels.values) }) { channel.close(promise: nil) }
    }
}
