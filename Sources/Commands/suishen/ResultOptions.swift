import ArgumentParser
import CommandSupport
import Encoding

/// How a result is printed.
struct ResultOptions: ParsableArguments {
    @Flag(help: "Print each result as one JSON object on one line.")
    var json = false

    /// Prints a result to stdout: on one line, or indented for people.
    func print(_ result: JSONValue) {
        StandardStream.output.write((json ? result.encoded() : result.indented()) + "\n")
    }
}

extension JSONValue {
    /// The value on several lines, indented by two spaces a level.
    func indented(level: Int = 0) -> String {
        let inner = String(repeating: "  ", count: level + 1)
        let outer = String(repeating: "  ", count: level)
        switch self {
        case .array(let values) where !values.isEmpty:
            let lines = values.map { inner + $0.indented(level: level + 1) }
            return "[\n\(lines.joined(separator: ",\n"))\n\(outer)]"
        case .object(let object) where !object.members.isEmpty:
            let lines = object.members.map { member in
                "\(inner)\(JSONValue.string(member.key).encoded()): \(member.value.indented(level: level + 1))"
            }
            return "{\n\(lines.joined(separator: ",\n"))\n\(outer)}"
        default: return encoded()
        }
    }
}
