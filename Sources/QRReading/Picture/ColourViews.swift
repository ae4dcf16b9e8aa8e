/// Grey views of a picture's colours in which a code may show that luma hides: single channels and differences of two,
/// the picture on black, and its transparency.
package struct ColourViews: IteratorProtocol {
    private enum View {
        /// What is transparent is black.
        case onBlack
        case alpha
        case channel(Int)
        /// The first channel less the second.
        case difference(Int, Int)
    }

    private let picture: ColourPicture
    private var views: [View] = []

    /// The most views of colours: channel and difference of the widest spread tell apart what luma does not.
    private static let colourViewCountMax = 2
    /// The standard deviation, in grey levels, below which a view has no contrast or equals luma.
    private static let spreadMin = 3.0
    private static let sampleCount = 20_000

    /// Chooses the views; a grey picture without transparency has none.
    package init(_ picture: ColourPicture?, hasAlpha: Bool) {
        self.picture = picture ?? ColourPicture(width: 0, height: 0)
        guard let picture else { return }
        if hasAlpha, picture.isTransparent { views = [.onBlack, .alpha] }
        let differences: [View] = [.difference(0, 1), .difference(0, 2), .difference(1, 2)]
        guard differences.contains(where: { spread($0) >= Self.spreadMin }) else { return }
        let colours = (differences + [.channel(0), .channel(1), .channel(2)]).map { (view: $0, spread: spread($0)) }
        let widest = colours.filter { $0.spread >= Self.spreadMin }.sorted { $0.spread > $1.spread }
        views += widest.prefix(Self.colourViewCountMax).map { $0.view }
    }

    package mutating func next() -> GreyImage? {
        guard !views.isEmpty else { return nil }
        let view = views.removeFirst()
        let pixels = (0..<(picture.width * picture.height)).map { value(view, at: $0) }
        return GreyImage(width: picture.width, height: picture.height, pixels: pixels)
    }

    /// The standard deviation of a view's pixels, from a part of them.
    private func spread(_ view: View) -> Double {
        let count = picture.width * picture.height
        // An odd step, so that no column of modules is met again and again.
        let step = max(1, count / Self.sampleCount) | 1
        var (sum, squares, sampleCount) = (0.0, 0.0, 0.0)
        for index in stride(from: 0, to: count, by: step) {
            let value = Double(value(view, at: index))
            (sum, squares, sampleCount) = (sum + value, squares + value * value, sampleCount + 1)
        }
        let mean = sum / sampleCount
        return max(0, squares / sampleCount - mean * mean).squareRoot()
    }

    private func value(_ view: View, at index: Int) -> UInt8 {
        let place = index * 4
        let rgba = picture.rgba
        switch view {
        case .onBlack:
            let grey = Luma.grey(red: rgba[place], green: rgba[place + 1], blue: rgba[place + 2])
            return UInt8((UInt32(grey) * UInt32(rgba[place + 3]) + 127) / 255)
        case .alpha: return rgba[place + 3]
        case .channel(let channel): return rgba[place + channel]
        case .difference(let first, let second):
            return UInt8((255 + Int(rgba[place + first]) - Int(rgba[place + second])) / 2)
        }
    }
}
