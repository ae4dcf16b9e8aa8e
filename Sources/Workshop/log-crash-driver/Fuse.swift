import Glibc
import Storage
import Synchronization

/// Kills the process, as kill -9 does, when it has reached one fault point a given number of times.
final class Fuse: Sendable {
    private let point: FaultPoint?
    private let left: Mutex<Int>

    init(point: FaultPoint?, countdown: Int) {
        self.point = point
        left = Mutex(countdown)
    }

    func burn(_ reached: FaultPoint) {
        guard reached == point else { return }
        let isOver = left.withLock { left in
            left -= 1
            return left <= 0
        }
        if isOver { kill(getpid(), SIGKILL) }
    }
}
