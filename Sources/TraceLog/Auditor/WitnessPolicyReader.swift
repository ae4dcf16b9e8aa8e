import Signing

/// Reads a witness policy: C2SP's tlog-policy file, or a short form of it.
///
/// C2SP's lines are `log VKEY [URL]`, `witness NAME VKEY [URL]`, `group NAME all|any|K MEMBER…` and one
/// `quorum NAME|none`; a group and the quorum name witnesses or groups of earlier lines. The short form has only
/// `witness [NAME] VKEY` and one `quorum N`, the number of different witness keys that must have cosigned. Empty lines and
/// lines that begin with `#` are ignored. A log uses the URLs of witnesses to ask them; an auditor does not use URLs.
struct WitnessPolicyReader {
    /// The most logs, the most witnesses, and the most groups; C2SP asks for at least 32 of each.
    static let itemCountMax = 100

    private struct Quorum {
        let line: Int
        /// The member that it names; nil where no earlier line defines that name.
        let member: WitnessPolicy.Quorum?
        let word: Word
    }

    private typealias Word = [UInt8]

    private var line = 0
    private var logs: [NoteKey] = []
    private var witnesses: [NoteKey] = []
    private var groupCount = 0
    // Names are compared byte by byte (tlog-policy, "Character set").
    private var names: [Word: WitnessPolicy.Quorum] = [:]
    private var members: Set<Word> = []
    private var quorum: Quorum?
    private var addresses: [[UInt8]: String] = [:]
    private var repeatedKeyLine: Int?

    /// Reads a whole file.
    ///
    /// - Throws: `malformed_key`.
    mutating func read(_ bytes: [UInt8]) throws(TraceLogError) -> WitnessPolicy {
        for text in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            line += 1
            guard text.allSatisfy({ $0 == 0x09 || $0 >= 0x20 && $0 != 0x7F }) else {
                throw malformed("it has a control character other than a tab")
            }
            let words = text.split { $0 == 0x20 || $0 == 0x09 }.map { Word($0) }
            guard let keyword = words.first, keyword.first != UInt8(ascii: "#") else { continue }
            try add(String(decoding: keyword, as: UTF8.self), Array(words.dropFirst()))
        }
        guard let quorum else { throw Self.malformed("it has no quorum line") }
        line = quorum.line
        return try policy(quorum)
    }

    private mutating func add(_ keyword: String, _ words: [Word]) throws(TraceLogError) {
        switch (keyword, words.count) {
        case ("log", 1...2):
            let key = try key(words[0], .ed25519)
            guard !logs.contains(where: { $0.key.raw == key.key.raw }) else {
                throw malformed("an earlier line has the same log key")
            }
            logs.append(key)
            guard logs.count <= Self.itemCountMax else { throw malformed("there are over \(Self.itemCountMax) logs") }
        case ("witness", 1): try addWitness(nil, words[0])
        case ("witness", 2...3): try addWitness(words[0], words[1], at: words.count == 3 ? words[2] : nil)
        case ("group", 3...): try addGroup(words)
        case ("quorum", 1):
            guard quorum == nil else { throw malformed("an earlier line states the quorum") }
            quorum = Quorum(line: line, member: words[0] == Self.none ? .nobody : names[words[0]], word: words[0])
        default: throw malformed("it is no line of a log, a witness, a group or the quorum")
        }
    }

    private mutating func addWitness(
        _ name: Word?, _ vkey: Word, at address: Word? = nil
    ) throws(TraceLogError) {
        let key = try key(vkey, .cosignature)
        if witnesses.contains(where: { $0.key.raw == key.key.raw }) { repeatedKeyLine = repeatedKeyLine ?? line }
        witnesses.append(key)
        guard witnesses.count <= Self.itemCountMax else {
            throw malformed("there are over \(Self.itemCountMax) witnesses")
        }
        if let name { try define(name, .witness(key.key.raw)) }
        if let address { addresses[key.key.raw] = String(decoding: address, as: UTF8.self) }
    }

    private mutating func addGroup(_ words: [Word]) throws(TraceLogError) {
        var group: [WitnessPolicy.Quorum] = []
        for word in words.dropFirst(2) {
            guard let member = names[word] else { throw malformed("a member is not defined on an earlier line") }
            guard members.insert(word).inserted else { throw malformed("a member is in a group already") }
            group.append(member)
        }
        let threshold =
            switch String(decoding: words[1], as: UTF8.self) {
            case "any": 1
            case "all": group.count
            default: Self.number(words[1]) ?? 0
            }
        guard (1...group.count).contains(threshold) else {
            throw malformed("the group's threshold is neither any, all nor a number from 1 to \(group.count)")
        }
        groupCount += 1
        guard groupCount <= Self.itemCountMax else { throw malformed("there are over \(Self.itemCountMax) groups") }
        try define(words[0], .group(threshold: threshold, members: group))
    }

    private mutating func define(_ name: Word, _ member: WitnessPolicy.Quorum) throws(TraceLogError) {
        guard name != Self.none else { throw malformed("`none` cannot be a name") }
        guard names.updateValue(member, forKey: name) == nil else {
            throw malformed("an earlier line has the same name")
        }
    }

    private func policy(_ quorum: Quorum) throws(TraceLogError) -> WitnessPolicy {
        let isShort = logs.isEmpty && groupCount == 0 && addresses.isEmpty
        if isShort, let count = Self.number(quorum.word) {
            // C2SP would read a name, and the short form a number.
            guard names[quorum.word] == nil else { throw malformed("the quorum is a number and also a name") }
            guard let policy = WitnessPolicy(witnesses: witnesses, quorum: count) else {
                throw malformed("the quorum is not between 1 and the number of different witness keys")
            }
            return policy
        }
        guard let member = quorum.member else {
            throw malformed("the quorum is not the name of a witness or group on an earlier line")
        }
        if let repeatedKeyLine {
            throw Self.malformed("line \(repeatedKeyLine): an earlier line has the same witness key")
        }
        return WitnessPolicy(logs: logs, witnesses: witnesses, quorum: member, addresses: addresses)
    }

    private func key(_ word: Word, _ kind: NoteKey.Kind) throws(TraceLogError) -> NoteKey {
        guard let text = String(validating: word, as: UTF8.self) else { throw malformed("its key is not UTF-8") }
        let key: NoteKey
        do { key = try NoteKey(vkey: text) } catch { throw malformed(error.reason) }
        guard key.kind == kind else {
            throw malformed("its key is not of type \(kind == .ed25519 ? "Ed25519 (1)" : "cosignature/v1 (4)")")
        }
        return key
    }

    private static let none = Word("none".utf8)

    private static func number(_ word: Word) -> Int? {
        let text = String(decoding: word, as: UTF8.self)
        guard let number = Int(text), String(number) == text else { return nil }
        return number
    }

    private func malformed(_ reason: String) -> TraceLogError { Self.malformed("line \(line): \(reason)") }

    private static func malformed(_ reason: String) -> TraceLogError {
        TraceLogError(
            code: .malformedKey, reason: "the witness policy is malformed: \(reason)",
            hint: "write it as C2SP's tlog-policy describes, or as lines `witness NAME VKEY` and one `quorum N`")
    }
}
