import Encoding

/// One member of an event in the form that XML and JSON share: a name, a value, members of its own.
struct EventNode {
    private static let pairs = ["bizTransactionList", "sourceList", "destinationList"]

    let name: String
    let value: String
    var children: [EventNode] = []

    private init(name: String, value: String) {
        self.name = name
        self.value = value
    }

    init(name: String, object: JSONObject, context: EPCISContext, parent: String = "") {
        self.init(name: name, value: object["#text"]?.string ?? "")
        for member in object.members where !["#text", "rdfs:comment", "comment"].contains(member.key) {
            if member.key.hasPrefix("@xmlns") { continue }
            children += Self.nodes(member.key, member.value, parent: parent, context: context)
        }
    }

    /// What a member stands for: a list is a member of its own in XML, with a name for its items.
    private static func nodes(
        _ key: String, _ value: JSONValue, parent: String, context: EPCISContext
    ) -> [EventNode] {
        let name = context.name(key)
        guard let items = value.array else { return [node(name, key, value, parent: parent, context: context)] }
        let itemName = itemName(name)
        let nodes = items.map { node(itemName ?? name, key, $0, parent: parent, context: context) }
        guard itemName != nil else { return nodes }
        var list = EventNode(name: name, value: "")
        list.children = nodes
        return items.isEmpty ? [] : [list]
    }

    private static func node(
        _ name: String, _ key: String, _ value: JSONValue, parent: String, context: EPCISContext
    ) -> EventNode {
        if let object = value.object { return EventNode(name: name, object: object, context: context, parent: key) }
        return EventNode(name: name, value: context.value(text(value), of: key, in: parent))
    }

    private static func itemName(_ name: String) -> String? {
        switch name {
        case "childEPCs", "inputEPCList", "outputEPCList": "epc"
        case "quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList": "quantityElement"
        // Pairs of a type and what is of that type stand in their list without a name.
        case let name where pairs.contains(name): ""
        case let name where name.hasSuffix("List"): String(name.dropLast(4))
        default: nil
        }
    }

    private static func text(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): text
        case .integer(let number): String(number)
        case .number(let number): String(number)
        case .bool(let flag): flag ? "true" : "false"
        case .null, .array, .object: ""
        }
    }

    /// `name=value` with what stands below it.
    func preHash(isTime: Bool = false, below: String) -> String {
        let trimmed = EventValue.trimmed(value)
        let canonical = isTime ? EventTime.canonical(trimmed) : EventValue.canonical(trimmed)
        return name + (canonical.isEmpty ? "" : "=" + canonical) + below
    }

    /// Members that no order is given for: sorted by what they say.
    static func joined(_ nodes: [EventNode]) -> String {
        sorted(
            nodes.map { node in
                let isPair = node.name.isEmpty && node.children.count > 1
                let below = isPair ? pair(node.children) : joined(node.children)
                return node.preHash(below: below)
            })
    }

    /// The type first, then what is of that type.
    private static func pair(_ nodes: [EventNode]) -> String {
        let first = nodes.filter { $0.name == "type" }
        return joined(first) + joined(nodes.filter { $0.name != "type" })
    }

    /// Sorted by their bytes, which is the order of their code points.
    static func sorted(_ parts: [String]) -> String {
        parts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.joined()
    }
}
