/// What a guardian may do with a ward's code: one bit each, as the sixth item of a person code's body states them.
package enum DelegationScope {
    package static let transit: UInt64 = 1
    package static let medical: UInt64 = 2
    package static let entry: UInt64 = 4
    package static let service: UInt64 = 8
}
