/// Angles, computed alike on every machine: the functions of systems differ in their last bits, and a browser's module
/// has none of them.
enum Angle {
    /// The angle of a direction from the first axis towards the second, in turns: from -0.5 to 0.5, and 0 without a
    /// direction.
    static func turns(x: Double, y: Double) -> Double {
        let (width, height) = (abs(x), abs(y))
        let longer = max(width, height)
        guard longer > 0 else { return 0 }
        var turns = turnsOfTangent(min(width, height) / longer)
        if height > width { turns = 0.25 - turns }
        if x < 0 { turns = 0.5 - turns }
        return y < 0 ? -turns : turns
    }

    /// The angle whose tangent is 0 to 1, in turns, with an error below 10⁻¹⁶.
    private static func turnsOfTangent(_ tangent: Double) -> Double {
        // The tangents of the angle's half and quarter; the quarter is at most a 32nd of a turn.
        let half = tangent / (1 + (1 + tangent * tangent).squareRoot())
        let quarter = half / (1 + (1 + half * half).squareRoot())
        // Gregory's series: every term is at most a 25th of the one before.
        let square = quarter * quarter
        var sum = 1.0 / 23
        for divisor in stride(from: 21, through: 1, by: -2) { sum = 1 / Double(divisor) - square * sum }
        return 4 * quarter * sum / (2 * .pi)
    }
}
