/// Pairs of a name and a value.
struct FactList: Sendable {
    private var pairs: [HTML] = []

    mutating func add(_ name: String, _ value: HTML...) {
        pairs.append(.of(.dt, [], .text(name)))
        pairs.append(.element(.dd, [], value))
    }

    var html: HTML { .element(.dl, [], pairs) }
}
