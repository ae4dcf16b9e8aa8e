/// In what order an event's members enter the canonical string (GS1 CBV 2.0 §8.9.2).
struct EventOrder: Sendable {
    private let name: String
    private let members: [EventOrder]

    private init(_ name: String, _ members: [EventOrder] = []) {
        self.name = name
        self.members = members
    }

    private init(_ name: String, of names: [String]) {
        self.init(name, names.map { EventOrder($0) })
    }

    private static let quantities = EventOrder("quantityElement", of: ["epcClass", "quantity", "uom"])

    /// The order of a whole event; business transactions, sources, destinations and extensions follow it.
    static let event = EventOrder(
        "",
        [
            EventOrder("eventTime"), EventOrder("eventTimeZoneOffset"), EventOrder("certificationInfo"),
            EventOrder("parentID"), EventOrder("epcList", of: ["epc"]), EventOrder("inputEPCList", of: ["epc"]),
            EventOrder("childEPCs", of: ["epc"]), EventOrder("quantityList", [quantities]),
            EventOrder("childQuantityList", [quantities]), EventOrder("inputQuantityList", [quantities]),
            EventOrder("outputEPCList", of: ["epc"]), EventOrder("outputQuantityList", [quantities]),
            EventOrder("action"), EventOrder("transformationID"), EventOrder("bizStep"), EventOrder("disposition"),
            EventOrder("persistentDisposition", of: ["set", "unset"]), EventOrder("readPoint", of: ["id"]),
            EventOrder("bizLocation", of: ["id"]), sensors,
        ])

    private static let sensors = EventOrder(
        "sensorElementList",
        [
            EventOrder(
                "sensorElement",
                [
                    EventOrder(
                        "sensorMetadata",
                        of: [
                            "time", "startTime", "endTime", "deviceID", "deviceMetadata", "rawData",
                            "dataProcessingMethod", "bizRules",
                        ]),
                    EventOrder(
                        "sensorReport",
                        of: [
                            "type", "exception", "deviceID", "deviceMetadata", "rawData", "dataProcessingMethod",
                            "time", "microorganism", "chemicalSubstance", "value", "component", "stringValue",
                            "booleanValue", "hexBinaryValue", "uriValue", "minValue", "maxValue", "meanValue", "sDev",
                            "percRank", "percValue", "uom", "coordinateReferenceSystem",
                        ]),
                ])
        ])

    /// Takes what the order names out of `node`, and gives its canonical string.
    func preHash(of node: inout EventNode, isTop: Bool = false) -> String {
        var text = ""
        // Below the top, an extension stays with the element that holds it.
        var extensions: [EventNode] = []
        if !isTop && node.children.count > 1 {
            extensions = node.children.filter { $0.name.hasPrefix("{") }
            node.children.removeAll { $0.name.hasPrefix("{") }
        }
        for member in members {
            var parts: [String] = []
            var rest: [EventNode] = []
            for var child in node.children {
                guard child.name == member.name else {
                    rest.append(child)
                    continue
                }
                let below = member.preHash(of: &child)
                let isTime = member.isTime
                if !below.isEmpty || !child.value.isEmpty { parts.append(child.preHash(isTime: isTime, below: below)) }
                if !child.children.isEmpty { rest.append(child) }
            }
            node.children = rest
            text += EventNode.sorted(parts)
        }
        return text + EventNode.joined(extensions)
    }

    private var isTime: Bool {
        let lowercased = name.lowercased()
        return lowercased.contains("time") && !lowercased.contains("offset")
    }
}
