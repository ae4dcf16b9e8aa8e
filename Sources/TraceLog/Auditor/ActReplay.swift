/// Goes through the acts of a log in order, and checks that no line of the trail and no minute is stated twice.
struct ActReplay {
    private var trailNumber: UInt64?
    private var issuedMinute: UInt64?

    /// The rule that an act breaks; nil when it follows the acts before it.
    mutating func violation(_ act: Act) -> String? {
        switch act.term {
        case .trail:
            guard let number = UInt64(act.values[1]), number > trailNumber ?? 0 else {
                return "the trail's number is not higher than the one before it"
            }
            trailNumber = number
        case .issued:
            guard let statement = IssuedStatement(act) else { return "the statement about issued codes is malformed" }
            guard statement.span == 1 else { return nil }
            guard issuedMinute.map({ statement.minute > $0 }) ?? true else {
                return "the minute is not later than the one that was stated before it"
            }
            issuedMinute = statement.minute
        default: break
        }
        return nil
    }
}
