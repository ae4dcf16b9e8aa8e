/// One row of modules as bits, so that a few operations evaluate a whole row; module 0 is bit 0.
protocol ModuleRow: Equatable {
    static var zero: Self { get }
    /// The most modules in a row of this type.
    static var moduleCount: Int { get }
    var nonzeroBitCount: Int { get }
    static func & (left: Self, right: Self) -> Self
    static func | (left: Self, right: Self) -> Self
    static func ^ (left: Self, right: Self) -> Self
    static prefix func ~ (row: Self) -> Self
    /// The row moved by a few modules towards module 0.
    func down(_ count: Int) -> Self
    /// The row moved by a few modules away from module 0.
    func up(_ count: Int) -> Self
    subscript(bit index: Int) -> Bool { get set }
}

extension ModuleRow where Self: FixedWidthInteger {
    static var moduleCount: Int { bitWidth }

    @inline(__always) func down(_ count: Int) -> Self { self &>> Self(truncatingIfNeeded: count) }
    @inline(__always) func up(_ count: Int) -> Self { self &<< Self(truncatingIfNeeded: count) }

    subscript(bit index: Int) -> Bool {
        @inline(__always) get { self &>> Self(truncatingIfNeeded: index) & 1 == 1 }
        @inline(__always) set {
            let bit = Self(1) &<< Self(truncatingIfNeeded: index)
            self = newValue ? self | bit : self & ~bit
        }
    }
}

extension ModuleRow {
    /// A row whose first `count` modules are dark.
    static func ones(_ count: Int) -> Self {
        var row = Self.zero
        for index in 0..<count { row[bit: index] = true }
        return row
    }
}

/// Up to version 11.
extension UInt64: ModuleRow {}

/// Up to version 27.
extension UInt128: ModuleRow {}
