import CLinux
import Glibc

/// Lets one thread wait for stdin; when several threads wait, the kernel wakes only one for new input.
struct InputWatch: ~Copyable {
    /// The epoll descriptor; nil when the kernel does not support it for this stdin, as for a file.
    private let descriptor: Int32?

    /// - Parameter end: a descriptor that becomes readable, and stays readable, when all threads must stop waiting.
    init(until end: Int32) {
        let made = epoll_create1(Int32(EPOLL_CLOEXEC))
        if made >= 0, Self.add(0, EPOLLIN.rawValue | EPOLLEXCLUSIVE.rawValue, to: made),
            Self.add(end, EPOLLIN.rawValue, to: made)
        {
            descriptor = made
        } else {
            if made >= 0 { close(made) }
            descriptor = nil
        }
    }

    deinit {
        if let descriptor { close(descriptor) }
    }

    private static func add(_ watched: Int32, _ events: UInt32, to descriptor: Int32) -> Bool {
        var event = unsafe epoll_event(events: events, data: epoll_data_t(fd: watched))
        return unsafe epoll_ctl(descriptor, EPOLL_CTL_ADD, watched, &event) == 0
    }

    /// Whether a read of stdin returns at once: with input, the end or an error.
    static var isReadable: Bool { poll(milliseconds: 0) }

    private static func poll(milliseconds: Int32) -> Bool {
        var input = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
        return unsafe Glibc.poll(&input, 1, milliseconds) != 0
    }

    /// Returns on input, after the timeout in milliseconds (-1 for no timeout), or without a reason.
    func wait(milliseconds: Int32) {
        guard let descriptor else {
            _ = Self.poll(milliseconds: milliseconds)
            return
        }
        var event = unsafe epoll_event()
        _ = unsafe epoll_wait(descriptor, &event, 1, milliseconds)
    }
}
