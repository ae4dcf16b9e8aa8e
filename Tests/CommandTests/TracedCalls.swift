import Glibc
import TestSupport

/// The system calls that a program and its threads make, as strace writes them into a file.
struct TracedCalls {
    private let scratch: ScratchFolder
    private var path: String { scratch("calls") }

    init() throws {
        scratch = try ScratchFolder()
    }

    /// The words that start a program so that its calls are written; its process stays the one that was started.
    var words: [String] { ["strace", "-D", "-f", "-q", "-s", "200", "-o", path] }

    /// What stands in the file once the program has ended.
    ///
    /// - Throws: ``MissingFile`` when its end is not there after a minute.
    func seen() throws -> Seen {
        for _ in 0..<6000 {
            let lines = String(decoding: try ProjectFiles.bytes(path), as: UTF8.self).split(separator: "\n")
            // The first process is the program; strace writes the end of its threads before its own.
            if let process = lines.first?.prefix(while: { $0 != " " }),
                lines.contains(where: { $0.hasPrefix("\(process) ") && $0.contains(" +++ ") })
            {
                return Seen(lines: lines)
            }
            usleep(10_000)
        }
        throw MissingFile(path: path)
    }

    struct Seen {
        /// The names of all calls.
        private(set) var names: Set<String> = []
        /// The families of the sockets that were opened.
        private(set) var families: Set<String> = []
        /// The files that were opened for writing, and the folders that were made.
        private(set) var written: Set<String> = []

        fileprivate init(lines: [Substring]) {
            for line in lines {
                let call = line.drop { $0 != " " }.drop { $0 == " " }
                guard let bracket = call.firstIndex(of: "("), call.first?.isLetter == true else { continue }
                let name = String(call[..<bracket])
                names.insert(name)
                let arguments = call[call.index(after: bracket)...]
                if name == "socket" { families.insert(String(arguments.prefix { $0 != "," })) }
                // A call that another thread interrupts stands in two lines, and the first one lacks its result.
                if arguments.contains(") = -1 ") { continue }
                let opensForWriting =
                    name == "openat" && ["O_WRONLY", "O_RDWR", "O_CREAT"].contains { arguments.contains($0) }
                guard opensForWriting || name == "mkdir" || name == "mkdirat" else { continue }
                let parts = arguments.split(separator: "\"", omittingEmptySubsequences: false)
                if parts.count > 1, parts[1].hasPrefix("/") { written.insert(String(parts[1])) }
            }
        }
    }
}
