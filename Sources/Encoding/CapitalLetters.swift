extension String {
    /// The text with `A` to `Z` for `a` to `z`, and every other character as it is.
    ///
    /// Host names and identifiers have no other letters, and the tables of all letters are a tenth of a browser's module.
    package func withCapitalLetters() -> String {
        String(
            decoding: utf8.map { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) ? $0 & 0xdf : $0 }, as: UTF8.self)
    }
}
