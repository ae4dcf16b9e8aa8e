/// Finds every symbol that may be a person code, whether or not it can be read.
///
/// A gate that accepts one code must know that no second one was missed, so this search comes before any budget. It
/// tests all finder patterns against one another.
struct PersonCodeSearch {
    /// For each pattern, its links to others; reused for every picture.
    private var links: [[FinderLink]] = []

    /// Finds the symbols between these patterns, in place of those that `found` has.
    mutating func find(between patterns: [FinderPattern], in view: GreyView, into found: inout [SeenSymbol]) {
        found.removeAll(keepingCapacity: true)
        guard patterns.count >= 3 else { return }
        link(patterns, view)
        for corner in patterns.indices {
            for first in links[corner].indices {
                for second in links[corner].indices where second > first {
                    guard
                        let symbol = FinderLink.symbol(
                            patterns[corner], links[corner][first], links[corner][second], in: view),
                        symbol.mayBePersonCode
                    else { continue }
                    found.append(symbol)
                }
            }
        }
    }

    /// Links the patterns that may be neighbours in a person code.
    private mutating func link(_ patterns: [FinderPattern], _ view: GreyView) {
        links.clear(count: patterns.count)
        for first in patterns.indices {
            for second in patterns.indices.dropFirst(first + 1) {
                guard let link = FinderLink(patterns[first], patterns[second], .person, in: view) else { continue }
                links[first].append(link)
                links[second].append(link.reversed(to: patterns[first]))
            }
        }
    }
}
