extension Scanner {
    /// Looks for codes in a picture file; if grey shows none, in the views of its colours too.
    ///
    /// - Parameter file: any picture.
    /// - Returns: as ``scan(_:views:)``.
    package mutating func scan(_ file: PictureFile) -> Scan {
        var result = scan(file.grey) { file.colourViews() }
        result.isDamaged = file.isDamaged
        return result
    }
}
