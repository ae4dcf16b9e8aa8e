import CommandSupport
import Glibc

/// The program `suishen-witness`, which lies beside this one and serves a witness.
///
/// It is a program of its own, so that audits, which start often, load no server.
enum WitnessServer {
    static let name = "suishen-witness"

    /// Becomes the server; returns only by an error.
    ///
    /// - Parameter arguments: the server's options.
    /// - Throws: `command_missing` when the program is not beside this one.
    static func become(_ arguments: [String]) throws(CommandError) -> Never {
        let place = try folder() + "/" + name
        var words: [UnsafeMutablePointer<CChar>?] = unsafe ([name] + arguments).map { unsafe strdup($0) }
        unsafe words.append(nil)
        // Returns only after a failure.
        _ = unsafe execv(place, words)
        let cause = unsafe String(cString: strerror(errno))
        unsafe words.forEach { unsafe free($0) }
        throw CommandError(
            code: "command_missing", reason: "\(place) cannot be started: \(cause)",
            hint: "install \(name) beside chain-verify")
    }

    /// The folder of this program's file.
    private static func folder() throws(CommandError) -> String {
        guard let path = unsafe realpath("/proc/self/exe", nil) else {
            throw CommandError(
                code: "command_missing", reason: "this program's own path cannot be read",
                hint: "mount /proc, or start \(name) itself")
        }
        defer { unsafe free(path) }
        let text = unsafe String(cString: path)
        return String(text[..<(text.lastIndex(of: "/") ?? text.startIndex)])
    }
}
