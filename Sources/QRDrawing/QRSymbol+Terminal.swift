extension QRSymbol {
    /// Draws the symbol with half blocks, two rows a line, for terminals with light text on a dark background.
    package func terminal() -> String {
        let range = -Self.quietZoneModules..<(size + Self.quietZoneModules)
        var lines = ""
        for row in stride(from: range.lowerBound, to: range.upperBound, by: 2) {
            for column in range {
                let upper = isDark(row: row, column: column)
                // The row below the last one does not exist and stays blank.
                let lower = row + 1 >= range.upperBound || isDark(row: row + 1, column: column)
                let block =
                    switch (upper, lower) {
                    case (false, false): "█"
                    case (false, true): "▀"
                    case (true, false): "▄"
                    case (true, true): " "
                    }
                lines += block
            }
            lines += "\n"
        }
        return lines
    }
}
