import Encoding
import Storage
import TraceLog

/// The progress of an installation, which restoring an old copy of its folder must not undo.
struct Beat: Sendable, Equatable {
    /// The size and the root of a checkpoint.
    struct LogPoint: Sendable, Equatable {
        let size: UInt64
        let root: MerkleHash

        init(size: UInt64, root: MerkleHash) {
            self.size = size
            self.root = root
        }

        init(_ checkpoint: Checkpoint) {
            self.init(size: checkpoint.size, root: checkpoint.root)
        }

        fileprivate var json: JSONValue {
            ["size": .integer(Int64(clamping: size)), "root": .string(Hex.encode(root.bytes))]
        }

        fileprivate init?(_ json: JSONValue) {
            guard let size = Beat.number(json["size"]),
                let root = (json["root"]?.string).flatMap({ try? Hex.decode($0) }).flatMap({ MerkleHash($0) })
            else { return nil }
            self.init(size: size, root: root)
        }
    }

    /// The installation's identifier; the registry has the same one.
    let installation: [UInt8]
    /// The number of committed groups of writes.
    var commitCount: UInt64
    /// The newest bundle version that left the installation; 0 before the first.
    var bundleVersion: UInt64
    /// The newest `iat` of each published status list, by the list's name, and of the hot list under `hot`.
    var lists: [String: UInt64]
    /// The newest published checkpoint of the trace log.
    var checkpoint: LogPoint?
    /// The newest published checkpoint of the log of acts.
    var acts: LogPoint?
    /// The general floor of the status lists that the newest recovery set.
    var statusFloor: UInt64

    /// The progress that the beat must record before an answer leaves the installation.
    struct Step: Sendable, Equatable {
        var commitCount: UInt64 = 0
        var bundleVersion: UInt64 = 0
        var lists: [String: UInt64] = [:]
        var checkpoint: LogPoint?
        var acts: LogPoint?
        var statusFloor: UInt64 = 0
    }

    init(installation: [UInt8], bundleVersion: UInt64 = 0) {
        self.installation = installation
        commitCount = 0
        self.bundleVersion = bundleVersion
        lists = [:]
        statusFloor = 0
    }

    /// The whole progress of this beat, as a step of another one.
    var step: Step {
        Step(
            commitCount: commitCount, bundleVersion: bundleVersion, lists: lists, checkpoint: checkpoint, acts: acts,
            statusFloor: statusFloor)
    }

    /// Whether the beat has already recorded a step.
    func covers(_ step: Step) -> Bool {
        commitCount >= step.commitCount && bundleVersion >= step.bundleVersion && statusFloor >= step.statusFloor
            && step.lists.allSatisfy { name, issuedAt in lists[name].map { $0 >= issuedAt } ?? false }
            && Self.covers(checkpoint, step.checkpoint) && Self.covers(acts, step.acts)
    }

    private static func covers(_ point: LogPoint?, _ step: LogPoint?) -> Bool {
        step.map { step in point.map { $0.size >= step.size } ?? false } ?? true
    }

    /// Records a step; no value decreases.
    mutating func advance(by step: Step) {
        commitCount = max(commitCount, step.commitCount)
        bundleVersion = max(bundleVersion, step.bundleVersion)
        statusFloor = max(statusFloor, step.statusFloor)
        lists.merge(step.lists, uniquingKeysWith: max)
        if let point = step.checkpoint, point.size >= checkpoint?.size ?? 0 { checkpoint = point }
        if let point = step.acts, point.size >= acts?.size ?? 0 { acts = point }
        guard let newest = step.lists.values.max() else { return }
        lists = lists.filter { name, _ in
            guard let day = Self.day(of: name) else { return true }
            return (day + 1 + Self.daysKept) * Self.secondsADay > newest
        }
    }

    /// The day of a list of signed and chain codes; nil for a lasting list.
    static func day(of list: String) -> UInt64? {
        let parts = list.split(separator: "-")
        guard parts.count >= 3, let day = UInt64(parts[2]), day <= UInt64.max / secondsADay - 1 - daysKept else {
            return nil
        }
        return day
    }

    static let secondsADay: UInt64 = 86_400
    /// The days for which a day's list is remembered after that day; its codes have expired long before.
    private static let daysKept: UInt64 = 7
}

extension Beat {
    /// The most bytes of a beat, with room for thousands of lists.
    static let byteCountMax = 1 << 20
    private static let format: Int64 = 1

    /// The file's text, for people and programs.
    var text: String {
        let sorted = self.lists.sorted { $0.key < $1.key }
        let lists = JSONObject(sorted.map { .init(key: $0.key, value: .integer(Int64(clamping: $0.value))) })
        let members: [(String, JSONValue)] = [
            ("beat", .integer(Self.format)), ("installation", .string(Hex.encode(installation))),
            ("commits", .integer(Int64(clamping: commitCount))),
            ("bundleVersion", .integer(Int64(clamping: bundleVersion))), ("statusLists", .object(lists)),
            ("statusFloor", .integer(Int64(clamping: statusFloor))),
            ("checkpoint", checkpoint?.json ?? .null), ("acts", acts?.json ?? .null),
        ]
        let lines = members.map { "  \"\($0)\": \($1.encoded())" }.joined(separator: ",\n")
        return "{\n\(lines)\n}\n"
    }

    /// Reads a file's text; nil when it is not a complete beat.
    init?(text bytes: [UInt8]) {
        guard let json = try? JSONValue.parse(bytes, byteCountMax: Self.byteCountMax),
            json["beat"]?.integer == Self.format,
            let installation = (json["installation"]?.string).flatMap({ try? Hex.decode($0) }),
            installation.count == RegistryPosition.installationByteCount,
            let commitCount = Self.number(json["commits"]), let bundleVersion = Self.number(json["bundleVersion"]),
            let statusFloor = Self.number(json["statusFloor"]), let lists = json["statusLists"]?.object,
            let point = json["checkpoint"]
        else { return nil }
        self.init(installation: installation, bundleVersion: bundleVersion)
        self.commitCount = commitCount
        self.statusFloor = statusFloor
        for member in lists.members {
            guard let issuedAt = Self.number(member.value) else { return nil }
            self.lists[member.key] = issuedAt
        }
        if point != .null {
            guard let point = LogPoint(point) else { return nil }
            checkpoint = point
        }
        // A beat of an earlier version does not have it.
        if let point = json["acts"], point != .null {
            guard let point = LogPoint(point) else { return nil }
            acts = point
        }
    }

    /// Whether a later version of the program wrote a file's text.
    static func isNewer(text bytes: [UInt8]) -> Bool {
        guard let json = try? JSONValue.parse(bytes, byteCountMax: byteCountMax) else { return false }
        return json["beat"]?.integer.map { $0 > format } ?? false
    }

    fileprivate static func number(_ value: JSONValue?) -> UInt64? {
        value?.integer.flatMap(UInt64.init(exactly:))
    }
}
