import CLinux
import Glibc

/// One thread's waiting for stdin: of several that wait, the kernel wakes one for what comes.
struct InputWatch: ~Copyable {
    /// Nil where the kernel does not do that, as for a file.
    private let descriptor: Int32?

    /// - Parameter end: a descriptor that becomes readable, and stays so, once nobody is to wait any longer.
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

    /// Whether stdin can be read without waiting; so it can at its end, or where it broke off.
    static var isReadable: Bool { poll(milliseconds: 0) }

    private static func poll(milliseconds: Int32) -> Bool {
        var input = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
        return unsafe Glibc.poll(&input, 1, milliseconds) != 0
    }

    /// Returns when something has come, after so many milliseconds (at -1 without end), or for no reason.
    func wait(milliseconds: Int32) {
        guard let descriptor else {
            _ = Self.poll(milliseconds: milliseconds)
            return
        }
        var event = unsafe epoll_event()
        _ = unsafe epoll_wait(descriptor, &event, 1, milliseconds)
    }
}
