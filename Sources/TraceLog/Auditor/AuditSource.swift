/// A place from which an auditor reads a log's files: a folder, a socket, a URL.
package protocol AuditSource: Sendable {
    /// Reads one file of the tlog-tiles layout whole.
    ///
    /// - Parameters:
    ///   - path: such as `checkpoint` or `tile/0/000`.
    ///   - byteCountMax: the most bytes to take.
    /// - Returns: the file's bytes; nil when there is no such file.
    /// - Throws: `input_unreadable`, `input_too_large`.
    func read(_ path: String, byteCountMax: Int) throws(AuditSourceError) -> [UInt8]?

    /// Reads a file into memory that is used again; its earlier content is lost in any case.
    ///
    /// - Returns: whether there is such a file.
    func read(_ path: String, byteCountMax: Int, into bytes: inout [UInt8]) throws(AuditSourceError) -> Bool
}

extension AuditSource {
    package func read(_ path: String, byteCountMax: Int, into bytes: inout [UInt8]) throws(AuditSourceError) -> Bool {
        guard let file = try read(path, byteCountMax: byteCountMax) else { return false }
        bytes = file
        return true
    }
}

/// Why a log could not be read; it says nothing of the log's honesty.
package struct AuditSourceError: Error, Equatable, Sendable {
    package enum Code: String, Sendable, CaseIterable {
        case unreadable = "input_unreadable"
        case tooLarge = "input_too_large"
    }

    package let code: Code
    /// The event and its input; lower case, no full stop.
    package let reason: String
    /// The fix, as one imperative sentence.
    package let hint: String

    package init(code: Code, reason: String, hint: String) {
        self.code = code
        self.reason = reason
        self.hint = hint
    }
}
