import CommandSupport
import TestSupport
import Testing

@Suite("The page of the commands")
struct CommandPageTests {
    @Test("has every exit status")
    func exitStatuses() throws {
        let listed = try Page("CommandSupport.docc/Commands.md").firstCells("Exit status").compactMap { Int32($0) }
        #expect(listed == (0...255).filter { ExitStatus(rawValue: $0) != nil })
    }

    @Test("names no subcommand of suishen that is not there, and leaves out none that is")
    func subcommands() throws {
        let cells = try Page("CommandSupport.docc/Commands.md").firstCells("suishen")
        let named = Set(cells.flatMap { $0.split(separator: ",") }.compactMap { $0.split(separator: " ").first })
        let help = try Program("suishen").run(["--help"]).output
            .split(separator: "\n", omittingEmptySubsequences: false)
        let list = help.drop { !$0.hasPrefix("SUBCOMMANDS:") }.dropFirst().prefix { $0.hasPrefix("  ") }
        // A summary that goes on in the next line is set in by more than a name is.
        let there = Set(list.filter { !$0.hasPrefix("   ") }.compactMap { $0.split(separator: " ").first })
        #expect(named == there)
    }
}
