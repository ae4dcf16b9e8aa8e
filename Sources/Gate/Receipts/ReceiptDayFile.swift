import Glibc
import Platform

/// One day's receipts on the disk: a header, then frames, each durable before its verdicts are printed.
///
/// The caller holds the folder's lock.
struct ReceiptDayFile: ~Copyable {
    /// The most bytes of one day, about five million receipts.
    static let byteCountMax = 4 << 30
    private static let magic = Array("SPRCPT01".utf8)
    private static let headerByteCount = 32

    private let descriptor: Int32
    private let path: String
    /// The end of the last whole frame.
    private(set) var byteCount: Int

    /// Opens a day's file, and cuts a torn frame off its end.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - gate: the gate whose receipts it holds.
    ///   - day: the day.
    ///   - isMade: whether a missing file is made.
    ///   - knownByteCount: the file's size after this process's last write; nil where the end must be checked.
    /// - Returns: nil for a missing file that is not to be made.
    /// - Throws: `receipts_unreadable`, `receipts_unwritable`, `receipts_damaged`.
    static func open(
        _ path: String, of gate: GateIdentifier, on day: SettlementDay, isMade: Bool, knownByteCount: Int? = nil
    ) throws(ReceiptError) -> ReceiptDayFile? {
        let flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | (isMade ? O_CREAT : 0)
        let descriptor = unsafe Glibc.open(path, flags, 0o600)
        if descriptor < 0, errno == ENOENT, !isMade { return nil }
        guard descriptor >= 0 else { throw system(.unreadable, path) }
        var file = ReceiptDayFile(descriptor, path)
        try file.begin(magic + gate.bytes + LittleEndian.bytes(day.number), knownByteCount: knownByteCount)
        return file
    }

    private init(_ descriptor: Int32, _ path: String) {
        (self.descriptor, self.path) = (descriptor, path)
        byteCount = 0
    }

    private mutating func begin(_ header: [UInt8], knownByteCount: Int?) throws(ReceiptError) {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, GateFile.isOwn(status)
        else {
            throw .failed(.unreadable, path, "it is not a regular file that only this user can write")
        }
        let size = Int(status.st_size)
        guard size >= Self.headerByteCount else {
            // Nothing was promised before the header was whole.
            return try write(header, at: 0)
        }
        guard try read(Self.headerByteCount, at: 0) == header else {
            throw .damaged(path, "it is not this gate's file of that day")
        }
        byteCount = size
        guard size != knownByteCount else { return }
        guard try !endsWithFrame() else { return }
        try cutTornFrame()
    }

    deinit {
        close(descriptor)
    }

    /// Writes a frame, and returns once it is durable; after an error the file is as before.
    ///
    /// - Throws: `receipts_full`, `receipts_unwritable`.
    mutating func append(_ frame: ReceiptFrame) throws(ReceiptError) {
        let bytes = frame.encoded()
        guard byteCount + bytes.count <= Self.byteCountMax else {
            throw ReceiptError(
                code: .full, reason: "\(path) has reached its limit of \(Self.byteCountMax >> 30) GiB",
                hint: "give this gate fewer lines a day, or another folder")
        }
        try write(bytes, at: byteCount)
    }

    /// Visits every frame in order.
    ///
    /// - Throws: `receipts_damaged` for a frame that cannot be read.
    func visit(_ body: (ReceiptFrame) throws(ReceiptError) -> Void) throws(ReceiptError) {
        var offset = Self.headerByteCount
        while offset < byteCount {
            guard let (frame, end) = try frame(at: offset) else {
                throw .damaged(path, "the frame at byte \(offset) was altered")
            }
            try body(frame)
            offset = end
        }
    }

    private func endsWithFrame() throws(ReceiptError) -> Bool {
        guard byteCount > Self.headerByteCount else { return true }
        let length = LittleEndian.number(
            try read(ReceiptFrame.lengthByteCount, at: byteCount - ReceiptFrame.lengthByteCount)[...])
        guard length <= ReceiptFrame.payloadByteCountMax else { return false }
        let start = byteCount - Int(length) - ReceiptFrame.overheadByteCount
        guard start >= Self.headerByteCount else { return false }
        return try frame(at: start)?.end == byteCount
    }

    private mutating func cutTornFrame() throws(ReceiptError) {
        var end = Self.headerByteCount
        while let (_, next) = try frame(at: end) { end = next }
        // One write has one frame. More bytes than that were durable before, and somebody altered them.
        guard byteCount - end < ReceiptFrame.payloadByteCountMax + ReceiptFrame.overheadByteCount else {
            throw .damaged(path, "the frame at byte \(end) was altered")
        }
        guard ftruncate(descriptor, end) == 0, fdatasync(descriptor) == 0 else {
            throw Self.system(.unwritable, path)
        }
        byteCount = end
    }

    /// The frame at an offset, and its end; nil where no whole frame is.
    private func frame(at offset: Int) throws(ReceiptError) -> (frame: ReceiptFrame, end: Int)? {
        let head = try read(ReceiptFrame.lengthByteCount, at: offset)
        let length = LittleEndian.number(head[...])
        guard head.count == ReceiptFrame.lengthByteCount, length <= ReceiptFrame.payloadByteCountMax else {
            return nil
        }
        let end = offset + Int(length) + ReceiptFrame.overheadByteCount
        guard end <= byteCount else { return nil }
        let rest = try read(end - offset - head.count, at: offset + head.count)
        guard let payload = ReceiptFrame.payload(in: rest, byteCount: Int(length)),
            let frame = ReceiptFrame(payload: payload)
        else { return nil }
        return (frame, end)
    }

    /// Reads bytes; fewer only at the file's end.
    private func read(_ count: Int, at offset: Int) throws(ReceiptError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let got = unsafe bytes.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, $0.count, offset) }
        guard got >= 0 else { throw Self.system(.unreadable, path) }
        bytes.removeLast(count - got)
        return bytes
    }

    private mutating func write(_ bytes: [UInt8], at offset: Int) throws(ReceiptError) {
        let count = unsafe bytes.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, $0.count, offset) }
        guard count == bytes.count, fdatasync(descriptor) == 0 else {
            let error =
                count < 0 || count == bytes.count
                ? Self.system(.unwritable, path) : .failed(.unwritable, path, "the disk took only a part")
            ftruncate(descriptor, offset)
            throw error
        }
        byteCount = offset + bytes.count
    }

    private static func system(_ code: ReceiptError.Code, _ path: String) -> ReceiptError {
        .failed(code, path, unsafe String(cString: strerror(errno)))
    }
}
