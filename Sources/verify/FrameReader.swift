import CommandSupport
import Glibc
import QRImage

/// Frames of 8-bit grey on stdin, one after another without anything between; one buffer serves them all.
struct FrameReader {
    private(set) var frame: GreyImage
    /// How much there was of a last frame that stopped early.
    private(set) var cutByteCount = 0

    init(_ size: FrameSize) {
        frame = GreyImage(blankOfWidth: size.width, height: size.height)
    }

    /// Reads the next frame; false at the end.
    mutating func next() throws(CommandError) -> Bool {
        let byteCount = frame.width * frame.height
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
