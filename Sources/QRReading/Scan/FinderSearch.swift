/// Searches grey pictures for finder patterns; reuses its buffers for every picture.
struct FinderSearch {
    private var threshold = LocalThreshold()
    private var binary = PixelBuffer()
    /// The finder patterns of the latest picture.
    private(set) var detector = FinderDetector()

    /// Searches a picture.
    ///
    /// - Parameters:
    ///   - picture: grey.
    ///   - window: the size of the threshold's neighbourhood, in pixels.
    ///   - offset: how much darker than the neighbourhood's mean a dark pixel must be.
    ///   - deadline: when to stop.
    mutating func find(in picture: PixelBuffer, window: Int, offset: Int32, deadline: Deadline) {
        threshold.apply(picture, window: window, offset: offset, into: &binary)
        let step = picture.height > 1_200 ? 3 : picture.height > 500 ? 2 : 1
        detector.find(in: binary, step: step, deadline: deadline)
    }
}
