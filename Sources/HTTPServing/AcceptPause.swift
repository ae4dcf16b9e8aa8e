import Glibc
import NIOCore

/// Stops accepting for a moment when a connection cannot be accepted, for want of a descriptor or of memory.
///
/// The connection that could not be accepted stays in the kernel, so that trying again at once would take a whole
/// processor. Meanwhile the connection that has been idle longest is closed, so that there is a descriptor next time.
final class AcceptPause: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private static let length = TimeAmount.milliseconds(100)
    private static let shortages = [EMFILE, ENFILE, ENOBUFS, ENOMEM]

    private let connections: ConnectionList
    private var isPausing = false

    init(_ connections: ConnectionList) {
        self.connections = connections
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A connection that ended while it was accepted is no reason to keep others waiting.
        guard let error = error as? IOError, Self.shortages.contains(error.errnoCode), !isPausing else { return }
        isPausing = true
        connections.closeIdlest()
        let channel = context.channel
        channel.setOption(.autoRead, value: false).whenComplete { _ in }
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.length) { [self] in
            isPausing = false
            channel.setOption(.autoRead, value: true).whenComplete { _ in }
        }
    }
}
