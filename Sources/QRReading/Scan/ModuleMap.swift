/// Says where in a picture a place on a symbol lies.
protocol ModuleMap {
    /// Maps a place.
    ///
    /// - Parameters:
    ///   - x: modules from the symbol's left.
    ///   - y: modules from its top.
    /// - Returns: pixels from the picture's left and top.
    func map(_ x: Double, _ y: Double) -> (x: Double, y: Double)
}

extension Homography: ModuleMap {}
