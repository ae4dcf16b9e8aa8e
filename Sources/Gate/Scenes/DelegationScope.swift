/// What a guardian may do with a ward's code: one bit each, as the sixth item of a person code's body states them.
package enum DelegationScope {
    package static let transit: UInt64 = 1
    package static let medical: UInt64 = 2
    package static let entry: UInt64 = 4
    package static let service: UInt64 = 8

    /// The scopes that `bits` grants, by name; a bit without a name by its number.
    static func names(of bits: UInt64) -> [String] {
        let known = ["transit", "medical", "entry", "service"]
        return (0..<64).filter { bits >> UInt64($0) & 1 == 1 }.map { $0 < known.count ? known[$0] : "bit \($0)" }
    }
}

extension Scene {
    /// Whether a guardian with these scope bits may do here all that the scene is about.
    ///
    /// One bit of several is not enough: the scene would show, and open for, what the ward did not hand over.
    func takes(delegated scope: UInt64) -> Bool {
        delegationScope != 0 && scope & delegationScope == delegationScope
    }
}
