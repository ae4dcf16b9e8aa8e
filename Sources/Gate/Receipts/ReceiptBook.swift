import Glibc
import Platform
package import Signing
import Synchronization
import TraceLog

/// A gate's receipts in one folder: a file for each day, which is closed once and deleted after 30 days.
///
/// Several processes of one gate may use the folder at once; each change takes the folder's lock.
package final class ReceiptBook: Sendable {
    /// The days for which openings are kept after their own day.
    package static let keptDays: UInt64 = 30
    /// The seconds after midnight in which a day still takes receipts: a scan is accepted before it is kept.
    package static let closingGraceSeconds: UInt64 = 60

    static let receiptsSuffix = ".receipts"
    static let closedSuffix = ".closed"
    static let drawnSuffix = ".drawn"

    /// What the book knows of one day, with nothing personal.
    package struct Summary: Sendable, Equatable {
        package let day: SettlementDay
        package var count: UInt64 = 0
        package var paperCount: UInt64 = 0
        package var timedCount: UInt64 = 0
        package var isClosed = false
        /// Whether the openings are still kept.
        package var hasOpenings = false
    }

    /// The end of the day's file after this process's last write, and the day whose expiry was last looked at.
    private struct Progress {
        var day: SettlementDay?
        var byteCount = 0
    }

    private let folder: String
    let gate: GateIdentifier
    private let lock: LockedFile
    private let progress = Mutex(Progress())

    /// Opens a folder, or makes it if it does not exist.
    ///
    /// - Parameters:
    ///   - folder: only this user may write it.
    ///   - gate: the enrolled gate.
    /// - Throws: `receipts_unreadable`, `receipts_unwritable`.
    package init(folder: String, gate: GateIdentifier) throws(ReceiptError) {
        do throws(BundleError) {
            try GateFile.makeFolder(folder)
        } catch {
            throw ReceiptError(code: .unreadable, reason: error.reason, hint: "name another folder for the receipts")
        }
        guard let lock = LockedFile(folder: folder) else {
            throw .failed(.unreadable, folder, unsafe String(cString: strerror(errno)))
        }
        (self.folder, self.gate, self.lock) = (folder, gate, lock)
    }

    /// Keeps the entries of accepted codes, and returns once they are durable.
    ///
    /// - Parameters:
    ///   - entries: in the order of their acceptance.
    ///   - day: the day of the acceptance.
    /// - Throws: `day_closed`, `receipts_unwritable`, `receipts_full`, `receipts_busy`, `receipts_damaged`; some of the
    ///   entries may be kept then.
    package func keep(_ entries: [ReceiptEntry], on day: SettlementDay) throws(ReceiptError) {
        try exclusively { () throws(ReceiptError) in
            guard !exists(day, Self.closedSuffix) else { throw Self.dayClosed(day) }
            var progress = progress.withLock { $0 }
            let isNew = progress.day != day
            if isNew { deleteExpired(at: day.start) }
            guard
                var file = try ReceiptDayFile.open(
                    path(day, Self.receiptsSuffix), of: gate, on: day, isMade: true,
                    knownByteCount: isNew ? nil : progress.byteCount)
            else { return }
            // A power cut must not take the new file's name.
            if isNew, !Folder.sync(folder) { throw unwritable(folder) }
            defer {
                progress = Progress(day: day, byteCount: file.byteCount)
                self.progress.withLock { $0 = progress }
            }
            for frame in ReceiptFrame.frames(of: entries) { try file.append(frame) }
        }
    }

    /// Closes a day by signing its counts and its root.
    ///
    /// A closed day takes no more receipts.
    ///
    /// - Parameters:
    ///   - day: a day that is over; one without a file has no receipts.
    ///   - key: the gate's signing key.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    /// - Returns: the signed record; the same bytes at every call.
    /// - Throws: `day_open`, `day_expired`, `receipts_damaged`, or an error of the disk.
    package func close(_ day: SettlementDay, by key: SigningKey, at now: UInt64) throws(ReceiptError) -> [UInt8] {
        try exclusively { () throws(ReceiptError) in
            deleteExpired(at: now)
            if exists(day, Self.closedSuffix) { return try read(day, Self.closedSuffix, ClosedDay.byteCountMax) }
            guard now >= day.end + Self.closingGraceSeconds else {
                throw ReceiptError(
                    code: .dayOpen, reason: "\(day.text) is not over (UTC)",
                    hint: "close it from \(Self.closingGraceSeconds) seconds after its end on")
            }
            guard !Self.isExpired(day, at: now) else { throw Self.dayExpired(day) }
            var closed = Summary(day: day)
            var tree = MerkleFrontier()
            var hasher = MerkleHasher()
            let file = try ReceiptDayFile.open(path(day, Self.receiptsSuffix), of: gate, on: day, isMade: false)
            if let file {
                try file.visit { frame in
                    closed.add(frame)
                    for receipt in frame.receipts {
                        tree.append(hasher.leaf(receipt.leaf.bytes), hasher: &hasher)
                    }
                }
            }
            let record = ClosedDay(
                gate: gate, day: day, count: closed.count, paperCount: closed.paperCount,
                timedCount: closed.timedCount, root: tree.root(hasher: &hasher))
            let bytes: [UInt8]
            do throws(SigningError) {
                bytes = try record.signed(by: key)
            } catch {
                throw ReceiptError(code: .unwritable, reason: error.reason, hint: error.hint)
            }
            try write(bytes, day, Self.closedSuffix)
            return bytes
        }
    }

    /// The days in the folder, in order.
    ///
    /// - Parameter now: seconds since 1970-01-01T00:00:00Z.
    /// - Returns: each day's counts.
    /// - Throws: `receipts_damaged`, or an error of the disk.
    package func days(at now: UInt64) throws(ReceiptError) -> [Summary] {
        try exclusively { () throws(ReceiptError) in
            deleteExpired(at: now)
            let days = Set(Folder.names(in: folder).compactMap { SettlementDay(String($0.prefix(10))) })
            var summaries: [Summary] = []
            for day in days.sorted() {
                var summary = Summary(day: day, isClosed: exists(day, Self.closedSuffix))
                if let file = try ReceiptDayFile.open(path(day, Self.receiptsSuffix), of: gate, on: day, isMade: false)
                {
                    summary.hasOpenings = true
                    try file.visit { summary.add($0) }
                } else if summary.isClosed,
                    let closed = ClosedDay(unchecked: try read(day, Self.closedSuffix, ClosedDay.byteCountMax))
                {
                    (summary.count, summary.paperCount) = (closed.count, closed.paperCount)
                    summary.timedCount = closed.timedCount
                }
                summaries.append(summary)
            }
            return summaries
        }
    }
}

extension ReceiptBook {
    /// Deletes the openings of days that ended more than 30 days ago; closed records stay.
    func deleteExpired(at now: UInt64) {
        for name in Folder.names(in: folder) where !name.hasSuffix(Self.closedSuffix) {
            guard let day = SettlementDay(String(name.prefix(10))), Self.isExpired(day, at: now) else { continue }
            unsafe unlink("\(folder)/\(name)")
        }
    }

    static func isExpired(_ day: SettlementDay, at now: UInt64) -> Bool {
        now >= day.end + keptDays * 86_400
    }

    func exclusively<Value>(_ body: () throws(ReceiptError) -> Value) throws(ReceiptError) -> Value {
        try lock.exclusively(failure: { .unlocked(folder, $0) }, body)
    }

    func path(_ day: SettlementDay, _ suffix: String) -> String { "\(folder)/\(day.text)\(suffix)" }

    func exists(_ day: SettlementDay, _ suffix: String) -> Bool {
        var status = stat()
        return unsafe lstat(path(day, suffix), &status) == 0
    }

    func read(_ day: SettlementDay, _ suffix: String, _ byteCountMax: Int) throws(ReceiptError) -> [UInt8] {
        do {
            return try RegularFile(path(day, suffix), byteCountMax: byteCountMax, followsLink: false).bytes()
        } catch {
            throw .failed(.unreadable, path(day, suffix), error.reason)
        }
    }

    /// Writes a file whole and durably.
    func write(_ bytes: [UInt8], _ day: SettlementDay, _ suffix: String) throws(ReceiptError) {
        do throws(BundleError) {
            try GateFile.replace(path(day, suffix), with: bytes)
        } catch {
            throw ReceiptError(code: .unwritable, reason: error.reason, hint: "check the disk of the receipts' folder")
        }
        guard Folder.sync(folder) else { throw unwritable(folder) }
    }

    private func unwritable(_ path: String) -> ReceiptError {
        .failed(.unwritable, path, unsafe String(cString: strerror(errno)))
    }

    private static func dayClosed(_ day: SettlementDay) -> ReceiptError {
        ReceiptError(
            code: .dayClosed, reason: "\(day.text) is closed and takes no more receipts",
            hint: "check this machine's clock")
    }

    static func dayExpired(_ day: SettlementDay) -> ReceiptError {
        ReceiptError(
            code: .dayExpired, reason: "the openings of \(day.text) were deleted after \(keptDays) days",
            hint: "close and open a day within \(keptDays) days")
    }
}

extension ReceiptBook.Summary {
    fileprivate mutating func add(_ frame: ReceiptFrame) {
        count += UInt64(frame.receipts.count)
        paperCount += frame.paperCount
        timedCount += frame.timedCount
    }
}
