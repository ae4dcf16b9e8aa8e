/// Maps positions on a symbol to positions in a picture.
protocol ModuleMap {
    /// Maps one position.
    ///
    /// - Parameters:
    ///   - x: modules from the symbol's left.
    ///   - y: modules from its top.
    /// - Returns: pixels from the picture's left and top.
    func map(_ x: Double, _ y: Double) -> (x: Double, y: Double)
}

extension Homography: ModuleMap {}
