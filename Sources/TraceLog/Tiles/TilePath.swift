/// The kind and place of a file in the tlog-tiles layout (C2SP tlog-tiles).
package struct TilePath: Hashable, Sendable {
    /// Hashes at a level of the tiles (each 8 levels of the tree), or the entries themselves.
    package enum Kind: Hashable, Sendable {
        /// 0 to 7: a 64-bit size has no more.
        case hashes(level: Int)
        case entries
    }

    /// The number of hashes or entries in a full tile, whose height is 8.
    package static let fullWidth = 256
    package static let height = 8
    package static let levelMax = 7

    package let kind: Kind
    package let index: UInt64
    /// 1 to 256; below 256 the tile is partial.
    package let width: Int

    package init(kind: Kind, index: UInt64, width: Int = fullWidth) {
        // No input reaches this: a path's text is checked before, and a width is computed for an index inside the tree.
        precondition((1...Self.fullWidth).contains(width), "a tile has 1 to 256 items")
        self.kind = kind
        self.index = index
        self.width = width
    }

    package var isPartial: Bool { width < Self.fullWidth }

    /// The path within the log's folder, such as `tile/0/x001/234.p/5`.
    package var path: String {
        let name =
            switch kind {
            case .hashes(let level): String(level)
            case .entries: "entries"
            }
        let suffix = isPartial ? ".p/\(width)" : ""
        return "tile/\(name)/\(Self.encodedIndex(index))\(suffix)"
    }

    /// Reads a path; nil unless it is exactly as `path` writes it.
    package init?(path: String) {
        var parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 3, parts.removeFirst() == "tile" else { return nil }
        let name = parts.removeFirst()
        var width = Self.fullWidth
        if parts.count >= 2, parts[parts.count - 2].hasSuffix(".p"), let last = parts.last, let partial = Int(last) {
            guard (1..<Self.fullWidth).contains(partial) else { return nil }
            width = partial
            parts.removeLast()
            parts[parts.count - 1].removeLast(2)
        }
        guard parts.count <= 7 else { return nil }
        var index: UInt64 = 0
        for part in parts {
            let digits = part.hasPrefix("x") ? part.dropFirst() : part
            guard let value = UInt64(digits), value < 1000 else { return nil }
            let (product, overflow) = index.multipliedReportingOverflow(by: 1000)
            let (sum, carry) = product.addingReportingOverflow(value)
            guard !overflow && !carry else { return nil }
            index = sum
        }
        if name == "entries" {
            self.init(kind: .entries, index: index, width: width)
        } else if let level = Int(name), (0...Self.levelMax).contains(level) {
            self.init(kind: .hashes(level: level), index: index, width: width)
        } else {
            return nil
        }
        // A tile has one path: this refuses signs, missing zeros and needless groups.
        guard self.path == path else { return nil }
    }

    /// The width that a tile has in a tree of `size` leaves; 0 when it does not exist there.
    package static func width(kind: Kind, index: UInt64, size: UInt64) -> Int {
        var count = size
        if case .hashes(let level) = kind { count >>= UInt64(level * height) }
        let (start, overflow) = index.multipliedReportingOverflow(by: UInt64(fullWidth))
        guard !overflow, count > start else { return 0 }
        return Int(min(count - start, UInt64(fullWidth)))
    }

    private static func encodedIndex(_ index: UInt64) -> String {
        var text = group(index % 1000)
        var rest = index / 1000
        while rest > 0 {
            text = "x\(group(rest % 1000))/\(text)"
            rest /= 1000
        }
        return text
    }

    private static func group(_ value: UInt64) -> String {
        let digits = String(value)
        return String(repeating: "0", count: 3 - digits.count) + digits
    }
}
