import ArgumentParser

/// The time for looking at one picture, as the command line gives it.
enum ScanBudget: Equatable {
    case milliseconds(UInt64)
    /// No limit: the answer depends on the picture alone.
    case none

    /// Accepts whole milliseconds, or the word `none`.
    static func parse(_ text: String) throws -> ScanBudget {
        if text == "none" { return .none }
        guard let milliseconds = UInt64(text) else {
            throw ValidationError("a budget is whole milliseconds, or none for no limit")
        }
        return .milliseconds(milliseconds)
    }
}
