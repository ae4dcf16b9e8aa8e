package import Encoding

/// The prefixes that a JSON-LD document declares, as far as EPCIS events use them.
package struct EPCISContext: Sendable {
    // What the standard's own context declares.
    private var namespaces = [
        "cbv": "https://ref.gs1.org/cbv/", "gs1": "https://gs1.org/voc/", "epcis": "https://ref.gs1.org/epcis/",
    ]

    /// Takes the value of `@context`.
    package init(_ value: JSONValue?) {
        for part in value?.array ?? [] {
            for member in part.object?.members ?? [] {
                if let namespace = member.value.string { namespaces[member.key] = namespace }
            }
        }
    }

    /// A member's name with its prefix written out: `{namespace}name`.
    func name(_ key: String) -> String {
        let parts = key.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let namespace = namespaces[String(parts[0])] else { return key }
        return "{\(namespace)}\(parts[1])"
    }

    /// A value in full: bare terms of the vocabulary, and GS1's own prefixes.
    func value(_ text: String, of key: String, in parent: String) -> String {
        if let vocabulary = vocabulary(of: key, in: parent), !text.contains(":") { return vocabulary + text }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let namespace = namespaces[String(parts[0])],
            namespace.hasPrefix("https://ref.gs1.org") || namespace.hasPrefix("https://gs1.org")
        else { return text }
        return namespace + parts[1]
    }

    private func vocabulary(of key: String, in parent: String) -> String? {
        let cbv = "https://ref.gs1.org/cbv/"
        switch (key, parent) {
        case ("bizStep", _): return cbv + "BizStep-"
        case ("disposition", _), ("set", "persistentDisposition"), ("unset", "persistentDisposition"):
            return cbv + "Disp-"
        case ("type", "bizTransactionList"): return cbv + "BTT-"
        case ("type", "sourceList"), ("type", "destinationList"): return cbv + "SDT-"
        case ("component", "sensorReport"): return cbv + "Comp-"
        case ("type", "sensorReport"), ("exception", "sensorReport"): return namespaces["gs1"]
        default: return nil
        }
    }
}
