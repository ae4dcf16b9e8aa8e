extension Assets {
    /// Every file of the folder `Assets`, as the build puts it into the program; a test holds the two together.
    static let embedded: [(name: String, bytes: [UInt8])] = [
        ("style.css", PackageResources.style_css)
    ]
}
