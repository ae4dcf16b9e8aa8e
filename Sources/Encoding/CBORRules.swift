/// How strictly a tree is decoded.
package enum CBORRules: Sendable {
    /// RFC 8949 §4.2.1, and no floats, no undefined, no unassigned simple values.
    case deterministic
    /// What others' codes need: any order, any length of integer, indefinite lengths, floats. Size and depth stay
    /// bounded and repeated keys refused.
    case lenient
}
