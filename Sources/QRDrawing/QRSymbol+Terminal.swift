package import QRStandard

extension QRSymbol {
    /// The ink of a terminal drawing.
    package enum TerminalInk: Sendable {
        /// The program sets both colours, black on white, so that the symbol is right on every ground.
        ///
        /// The colours are numbers 16 and 231 of xterm's 256, which no theme changes (ITU-T T.416 §13.1.8).
        case coloured
        /// No colours: right only where the terminal shows light letters on a dark ground.
        case plain
    }

    /// Draws the symbol with half blocks, two rows a line.
    package func terminal(_ ink: TerminalInk) -> String {
        let range = -Self.quietZoneModules..<(size + Self.quietZoneModules)
        var lines = ""
        for row in stride(from: range.lowerBound, to: range.upperBound, by: 2) {
            if ink == .coloured { lines += "\u{1B}[38;5;16;48;5;231m" }
            for column in range {
                let upper = isInked(row: row, column: column, ink)
                // The row below the last one does not exist: no ink.
                let lower = row + 1 < range.upperBound && isInked(row: row + 1, column: column, ink)
                lines += Self.block(upper: upper, lower: lower)
            }
            // Without colours before the line's end, since a terminal may fill the rest of the line with them.
            if ink == .coloured { lines += "\u{1B}[0m" }
            lines += "\n"
        }
        return lines
    }

    /// Whether letters' colour covers a module: the dark ones in black letters, the light ones in light letters.
    private func isInked(row: Int, column: Int, _ ink: TerminalInk) -> Bool {
        isDark(row: row, column: column) == (ink == .coloured)
    }

    private static func block(upper: Bool, lower: Bool) -> String {
        switch (upper, lower) {
        case (true, true): "█"
        case (true, false): "▀"
        case (false, true): "▄"
        case (false, false): " "
        }
    }
}
