package import QRStandard

extension QRSymbol {
    /// Draws the symbol as an SVG of one path, one unit a module, with the quiet zone around it.
    package func svg() -> String {
        let side = size + 2 * Self.quietZoneModules
        var path = ""
        for row in 0..<size {
            var column = 0
            while column < size {
                var end = column
                while isDark(row: row, column: end) { end += 1 }
                if end > column {
                    path += "M\(column + Self.quietZoneModules) \(row + Self.quietZoneModules)h\(end - column)v1H"
                    path += "\(column + Self.quietZoneModules)z"
                }
                column = end + 1
            }
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(side) \(side)" shape-rendering="crispEdges">\
            <path fill="#fff" d="M0 0h\(side)v\(side)H0z"/><path d="\(path)"/></svg>

            """
    }
}
