/// A map's pairs in the order they came in.
package struct CBORMap: Sendable, Hashable {
    package struct Entry: Sendable, Hashable {
        package let key: CBORItem
        package let value: CBORItem

        package init(key: CBORItem, value: CBORItem) {
            self.key = key
            self.value = value
        }
    }

    package var entries: [Entry]

    package init(_ entries: [Entry] = []) {
        self.entries = entries
    }

    package subscript(key: CBORItem) -> CBORItem? {
        entries.first { $0.key == key }?.value
    }

    package subscript(integer key: Int64) -> CBORItem? {
        self[.integer(key)]
    }

    package subscript(text key: String) -> CBORItem? {
        self[.text(key)]
    }
}
