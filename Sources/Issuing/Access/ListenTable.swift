/// The lines of the setting `listen`.
package struct ListenTable: Sendable, Equatable {
    static let names = ["address", "certificate", "privateKey", "clientAuthority"]
    private static let addressByteCountMax = 64

    private var address: String?
    private var places: [String: PEMPlace] = [:]

    package init() {}

    /// Where callers on other machines connect; nil where they cannot.
    package var listener: NetworkListener? {
        guard let address, let certificate = places["certificate"], let privateKey = places["privateKey"],
            let clientAuthority = places["clientAuthority"]
        else { return nil }
        return NetworkListener(
            address: address, certificate: certificate, privateKey: privateKey, clientAuthority: clientAuthority)
    }

    /// The lines that are missing; empty for a whole table, and for none.
    var missing: [String] {
        guard self != ListenTable() else { return [] }
        return Self.names.filter { $0 == "address" ? address == nil : places[$0] == nil }
    }

    /// Adds one line of the settings.
    ///
    /// - Returns: the mistake in the line, or nil.
    mutating func add(_ line: SettingsLine) -> String? {
        guard Self.names.contains(line.name) else {
            return "`\(line.name.prefix(40))` is no line of `listen`, which has \(Self.names.joined(separator: ", "))"
        }
        if line.name == "address" {
            guard address == nil else { return "`address` is given twice" }
            // YAML would take an address in brackets for a list.
            guard Self.isAddress(line.value), line.isQuoted || line.value.first != "[" else {
                return "`address` takes an IP address and a port like 0.0.0.0:8443"
            }
            address = line.value
            return nil
        }
        guard places[line.name] == nil else { return "`\(line.name)` is given twice" }
        guard let place = PEMPlace(line.value) else {
            return "`\(line.name)` takes an absolute path, or credential:NAME"
        }
        places[line.name] = place
        return nil
    }

    /// Only the form: the server says what is no address of this machine.
    private static func isAddress(_ text: String) -> Bool {
        let isPlain = text.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x46).contains($0) || (0x61...0x66).contains($0) || $0 == 0x2E
                || $0 == 0x3A || $0 == 0x5B || $0 == 0x5D
        }
        return isPlain && text.contains(":") && text.utf8.count <= addressByteCountMax
    }

    /// The lines that ``add(_:)`` reads; `none` for an empty table.
    var text: String {
        guard let listener else { return "none" }
        let lines = [
            ("address", listener.address), ("certificate", listener.certificate.text),
            ("privateKey", listener.privateKey.text), ("clientAuthority", listener.clientAuthority.text),
        ]
        return lines.map { "\n  \($0): \(SettingsLine.written($1))" }.joined()
    }
}
