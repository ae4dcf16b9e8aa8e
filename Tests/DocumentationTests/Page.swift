import TestSupport

/// A page of the project's own specification, read where it lies beside its target.
struct Page {
    private let citation: String
    private let lines: [String]

    /// Opens the page that a citation names, such as `Gate.docc/Verdicts.md`.
    init(_ citation: String) throws {
        let target = citation.prefix { $0 != "." }
        try self.init(file: "Sources/\(target)/\(citation)")
    }

    /// Opens a page by its path in the project.
    init(file: String) throws {
        let bytes = try ProjectFiles.bytes("\(ProjectFiles.root)/\(file)")
        citation = file
        lines = String(decoding: bytes, as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// The rows of the first table under a heading: the cell of each column by the column's name, without backticks.
    func table(_ heading: String) throws -> [[String: String]] {
        let rows = try section(heading).drop { !$0.hasPrefix("|") }.prefix { $0.hasPrefix("|") }.map(Self.cells)
        guard rows.count > 2 else { throw MissingSection(citation: citation, heading: heading) }
        return rows[2...].map { row in
            Dictionary(zip(rows[0], row), uniquingKeysWith: { first, _ in first })
        }
    }

    /// A table of two columns whose second one holds whole numbers, such as `4,096`.
    func numbers(_ heading: String) throws -> [String: Int] {
        try pairs(heading).compactMapValues { value in Int(value.filter { $0 != "," }) }
    }

    /// The first two cells of each row.
    func pairs(_ heading: String) throws -> [String: String] {
        let rows = try section(heading).drop { !$0.hasPrefix("|") }.prefix { $0.hasPrefix("|") }.map(Self.cells)
        guard rows.count > 2 else { throw MissingSection(citation: citation, heading: heading) }
        let pairs = rows[2...].map { ($0[0], $0.count > 1 ? $0[1] : "") }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    /// The first cell of each row, in order.
    func firstCells(_ heading: String) throws -> [String] {
        try section(heading).drop { !$0.hasPrefix("|") }.prefix { $0.hasPrefix("|") }.dropFirst(2).map { line in
            Self.cells(line)[0]
        }
    }

    /// Everything that stands in backticks in one section's prose or table.
    func names(_ heading: String) throws -> Set<String> {
        let parts = try section(heading).joined(separator: "\n").split(
            separator: "`", omittingEmptySubsequences: false)
        return Set(parts.enumerated().filter { $0.offset % 2 == 1 }.map { String($0.element) })
    }

    private func section(_ heading: String) throws -> [String] {
        guard let start = lines.firstIndex(of: "## \(heading)") else {
            throw MissingSection(citation: citation, heading: heading)
        }
        return Array(lines[(start + 1)...].prefix { !$0.hasPrefix("## ") })
    }

    private static func cells(_ line: String) -> [String] {
        var cells: [String] = [""]
        var isEscaped = false
        for character in line.dropFirst() {
            if character == "\\", !isEscaped {
                isEscaped = true
                continue
            }
            if character == "|", !isEscaped { cells.append("") } else { cells[cells.count - 1].append(character) }
            isEscaped = false
        }
        // What follows the last bar is no cell.
        return cells.dropLast().map { cell in
            let isSpace: (Character) -> Bool = { $0 == " " }
            let begun = cell.drop(while: isSpace)
            return String(String(begun.reversed().drop(while: isSpace)).reversed().filter { $0 != "`" })
        }
    }
}

/// A heading, or a table under it, that a test looks for and the page does not have.
struct MissingSection: Error {
    let citation: String
    let heading: String
}
