import Platform

/// A log in a folder in tlog-tiles layout.
package struct LogFolderSource: AuditSource {
    private let folder: String

    package init(folder: String) {
        self.folder = folder
    }

    package func read(_ path: String, byteCountMax: Int) throws(AuditSourceError) -> [UInt8]? {
        var bytes: [UInt8] = []
        return try read(path, byteCountMax: byteCountMax, into: &bytes) ? bytes : nil
    }

    package func read(_ path: String, byteCountMax: Int, into bytes: inout [UInt8]) throws(AuditSourceError) -> Bool {
        do throws(RegularFileError) {
            try RegularFile("\(folder)/\(path)", byteCountMax: byteCountMax).read(into: &bytes)
            return true
        } catch {
            if error.isAbsence { return false }
            if case .tooLong = error {
                throw AuditSourceError(
                    code: .tooLarge, reason: "\(folder)/\(path) holds more than \(byteCountMax) bytes",
                    hint: "name a folder in tlog-tiles layout")
            }
            throw AuditSourceError(
                code: .unreadable, reason: "\(folder)/\(path) cannot be read: \(error.reason)",
                hint: "check the path and its permissions")
        }
    }
}
