/// A row of up to 192 modules: the largest symbol has 177.
struct WideModuleRow: ModuleRow {
    private var low: UInt128
    private var high: UInt64

    static let moduleCount = 192
    static let zero = WideModuleRow(low: 0, high: 0)

    @inline(__always) var nonzeroBitCount: Int { low.nonzeroBitCount + high.nonzeroBitCount }

    @inline(__always) static func & (left: Self, right: Self) -> Self {
        Self(low: left.low & right.low, high: left.high & right.high)
    }

    @inline(__always) static func | (left: Self, right: Self) -> Self {
        Self(low: left.low | right.low, high: left.high | right.high)
    }

    @inline(__always) static func ^ (left: Self, right: Self) -> Self {
        Self(low: left.low ^ right.low, high: left.high ^ right.high)
    }

    @inline(__always) static prefix func ~ (row: Self) -> Self { Self(low: ~row.low, high: ~row.high) }

    @inline(__always) func down(_ count: Int) -> Self {
        Self(low: low &>> UInt128(count) | UInt128(high) << UInt128(128 - count), high: high &>> UInt64(count))
    }

    @inline(__always) func up(_ count: Int) -> Self {
        Self(
            low: low &<< UInt128(count),
            high: high &<< UInt64(count) | UInt64(truncatingIfNeeded: low >> UInt128(128 - count)))
    }

    subscript(bit index: Int) -> Bool {
        get { index < 128 ? low[bit: index] : high[bit: index - 128] }
        set {
            if index < 128 { low[bit: index] = newValue } else { high[bit: index - 128] = newValue }
        }
    }
}
