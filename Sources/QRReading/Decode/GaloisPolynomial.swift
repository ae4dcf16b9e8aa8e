import QRStandard

/// A polynomial over the field of QR codes, lowest coefficient first; it allocates no memory.
struct GaloisPolynomial {
    /// A block has at most 30 check codewords, and an error locator has one more coefficient.
    private static let countMax = 31

    private var coefficients = InlineArray<31, UInt8>(repeating: 0)
    private(set) var count: Int

    /// All zero.
    init(count: Int) {
        // No input reaches this: a version's table says how many check codewords a block has, 30 at most.
        precondition(count <= Self.countMax)
        self.count = count
    }

    subscript(_ degree: Int) -> UInt8 {
        get { coefficients[degree] }
        set { coefficients[degree] = newValue }
    }

    /// Adds zero coefficients up to `count`.
    mutating func extend(to count: Int) {
        // No input reaches this: a locator grows by one coefficient for each of at most 30 syndromes.
        precondition(count <= Self.countMax)
        self.count = max(self.count, count)
    }

    var isZero: Bool { degree < 0 }

    /// The degree; -1 for the zero polynomial.
    var degree: Int {
        var degree = count - 1
        while degree >= 0, coefficients[degree] == 0 { degree -= 1 }
        return degree
    }

    func value(at point: UInt8) -> UInt8 {
        var sum: UInt8 = 0
        for degree in stride(from: count - 1, through: 0, by: -1) {
            sum = GaloisField.multiply(sum, point) ^ coefficients[degree]
        }
        return sum
    }
}
