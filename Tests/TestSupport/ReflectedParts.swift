/// A value and everything stored in it, at any depth.
package func reflectedParts(of value: Any) -> [Any] {
    [value] + Mirror(reflecting: value).children.flatMap { reflectedParts(of: $0.value) }
}
