import CommandSupport
import Glibc
import QRReading

/// Reads frames of 8-bit grey from stdin, without separators, into one buffer.
struct FrameReader {
    private(set) var frame: GreyImage
    /// Whether the frame was already waiting when the reader asked for it: the camera is ahead of the reader.
    private(set) var isLate = false
    /// Whether stdin is a file; frames of a file are never late.
    private let isFile: Bool
    /// The byte count of an incomplete last frame; 0 if the last frame is complete.
    private(set) var cutByteCount = 0

    /// Linux's F_SETPIPE_SZ and F_GETPIPE_SZ, and the pipe size that every user may set.
    private static let (setPipeSize, getPipeSize, pipeByteCountMax): (Int32, Int32, Int) = (1031, 1032, 1 << 20)

    init(_ size: FrameSize) {
        frame = GreyImage(blankOfWidth: size.width, height: size.height)
        var status = stat()
        // A pipe as large as a frame, if the system allows it: the camera then need not wait for its reader.
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
                    reason: "reading frames from stdin failed: \(unsafe String(cString: strerror(errno)))",
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
