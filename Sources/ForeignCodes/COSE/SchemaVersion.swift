/// A schema's version, as `1.3.0`.
struct SchemaVersion {
    let major: Int
    let minor: Int

    /// Reads three numbers between dots, of at most three digits each.
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3,
            parts.allSatisfy({ (1...3).contains($0.utf8.count) && $0.utf8.allSatisfy({ (0x30...0x39).contains($0) }) }),
            let major = Int(parts[0]), let minor = Int(parts[1])
        else { return nil }
        self.major = major
        self.minor = minor
    }

    /// Whether the rules are known: 1.0 to 1.3.
    var isSupported: Bool {
        major == 1 && (0...3).contains(minor)
    }
}
