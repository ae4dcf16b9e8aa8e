import CommandSupport
import Glibc
import QRReading

/// Frames of 8-bit grey on stdin, one after another without anything between; one buffer serves them all.
struct FrameReader {
    private(set) var frame: GreyImage
    /// Whether the frame was waiting before it was asked for: whoever makes frames is ahead of who reads them.
    private(set) var isLate = false
    /// A film in a file runs away from nobody.
    private let isFile: Bool
    /// How much there was of a last frame that stopped early.
    private(set) var cutByteCount = 0

    /// Linux's F_SETPIPE_SZ and F_GETPIPE_SZ, and what is granted to anybody.
    private static let (setPipeSize, getPipeSize, pipeByteCountMax): (Int32, Int32, Int) = (1031, 1032, 1 << 20)

    init(_ size: FrameSize) {
        frame = GreyImage(blankOfWidth: size.width, height: size.height)
        var status = stat()
        // As much of a frame as the system allows waits in the pipe, where the camera need not wait for its reader.
        let wanted = Int32(clamping: min(size.byteCount, Self.pipeByteCountMax))
        if fcntl(0, Self.getPipeSize) < wanted { _ = fcntl(0, Self.setPipeSize, wanted) }
        isFile = unsafe fstat(0, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// Reads the next frame; false at the end.
    mutating func next() throws(CommandError) -> Bool {
        let byteCount = frame.width * frame.height
        isLate = !isFile && InputWatch.isReadable
        var filled = 0
        while filled < byteCount {
            let count = unsafe frame.withMutablePixels { pixels in
                unsafe read(0, pixels.baseAddress?.advanced(by: filled), byteCount - filled)
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else {
                throw CommandError(
                    code: "input_unreadable",
                    reason: "the film broke off: \(unsafe String(cString: strerror(errno)))",
                    hint: "start the camera again")
            }
            if count == 0 {
                cutByteCount = filled
                return false
            }
            filled += count
        }
        return true
    }
}
