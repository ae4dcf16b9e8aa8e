import Glibc
import Platform

/// Where the files of a bundle's folder lie: in `generations/N`, to which the link `current` leads, or, without that
/// link, in the folder itself.
enum CurrentGeneration {
    static let linkName = "current"
    static let generationsName = "generations"
    private static let targetByteCountMax = 64

    /// Reads the link once, so that every file of one opening belongs to one generation.
    ///
    /// - Parameters:
    ///   - folder: the bundle's folder.
    ///   - users: the users who may write the link.
    /// - Returns: the folder of the files.
    /// - Throws: `bundle_unreadable` for a link that another user could change, or that leads elsewhere.
    static func path(in folder: String, users: TrustedUsers) throws(BundleError) -> String {
        guard let target = try target(in: folder) else { return folder }
        try GateFile.check("\(folder)/\(linkName)", users)
        return "\(folder)/\(target)"
    }

    /// The number of the current generation; nil for a folder without the link.
    static func number(in folder: String) throws(BundleError) -> UInt64? {
        try target(in: folder).flatMap(number(ofTarget:))
    }

    /// Whether the folder has the link, or another entry in its place.
    static func isLinked(_ folder: String) -> Bool {
        var status = stat()
        return unsafe lstat("\(folder)/\(linkName)", &status) == 0
    }

    static func target(number: UInt64) -> String { "\(generationsName)/\(number)" }

    private static func target(in folder: String) throws(BundleError) -> String? {
        let link = "\(folder)/\(linkName)"
        var buffer = [CChar](repeating: 0, count: targetByteCountMax)
        let count = unsafe readlink(link, &buffer, buffer.count)
        // Whoever opens the folder says what else is wrong with it.
        if count < 0 && (errno == ENOENT || errno == ENOTDIR) { return nil }
        guard count >= 0 || errno == EINVAL else { throw GateFile.unreadable(link) }
        let target = String(decoding: buffer.prefix(max(0, count)).map(UInt8.init(bitPattern:)), as: UTF8.self)
        guard number(ofTarget: target) != nil else {
            throw BundleError(
                code: .unreadable, reason: "\(link) is no link to a folder \(generationsName)/NUMBER",
                hint: "remove \(link), and fetch the bundle with `verify sync`")
        }
        return target
    }

    private static func number(ofTarget target: String) -> UInt64? {
        let digits = target.dropFirst(generationsName.utf8.count + 1)
        guard let number = UInt64(digits), target == self.target(number: number) else { return nil }
        return number
    }
}
