/// The actions that a guardian may take with a ward's code: one bit each, in the sixth item of a person code's body.
package enum DelegationScope {
    package static let transit: UInt64 = 1
    package static let medical: UInt64 = 2
    package static let entry: UInt64 = 4
    package static let service: UInt64 = 8
    /// Every scope that has a name.
    package static let all = transit | medical | entry | service

    /// The names of the scopes that `bits` grants; a bit without a name gets its number.
    static func names(of bits: UInt64) -> [String] {
        let known = ["transit", "medical", "entry", "service"]
        return (0..<64).filter { bits >> UInt64($0) & 1 == 1 }.map { $0 < known.count ? known[$0] : "bit \($0)" }
    }
}

extension Scene {
    /// Whether a guardian with these scope bits may use the scene.
    ///
    /// Every scope bit of the scene must be granted; otherwise the scene would act beyond the delegation.
    func allowsDelegation(scope: UInt64) -> Bool {
        delegationScope != 0 && scope & delegationScope == delegationScope
    }
}
