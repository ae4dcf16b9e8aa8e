import Encoding

/// The newest version and times that a gate has learnt from bundles under one key, and from the lists that they name.
struct LearntMaterial: Equatable, Sendable {
    private(set) var version: UInt64 = 0
    /// SHA-256 of the newest bundle's bytes; nil if only its version is known.
    private(set) var digest: [UInt8]?
    /// The newest `iat` of each list that the newest bundle names.
    private(set) var listTimes: [String: UInt64] = [:]
    /// The newest `iat` of any bundle or list; 0 if none is known.
    private(set) var signedTime: UInt64 = 0

    /// The `iat` of the newest sealed epoch keys; 0 if none was seen.
    private(set) var keysTime: UInt64 = 0

    init(version: UInt64 = 0) { self.version = version }

    /// Reads the members of ``fields``; nil where one is missing or wrong.
    init?(_ fields: CBORMap) {
        guard let version = fields[text: "version"]?.unsigned, let lists = fields[text: "lists"]?.map else {
            return nil
        }
        self.version = version
        if let digest = fields[text: "digest"] {
            guard let bytes = digest.byteString, bytes.count == 32 else { return nil }
            self.digest = bytes
        }
        for entry in lists.entries {
            guard let name = entry.key.text, let time = entry.value.unsigned else { return nil }
            listTimes[name] = time
        }
        if let field = fields[text: "time"] {
            guard let time = field.unsigned else { return nil }
            signedTime = time
        }
        if let field = fields[text: "sealed"] {
            guard let time = field.unsigned else { return nil }
            keysTime = time
        }
    }

    var fields: [(String, CBORItem)] {
        let lists = listTimes.map { CBORMap.Entry(key: .text($0), value: .unsigned($1)) }
        var fields: [(String, CBORItem)] = [("version", .unsigned(version)), ("lists", .map(CBORMap(lists)))]
        if let digest { fields.append(("digest", .byteString(digest))) }
        if signedTime > 0 { fields.append(("time", .unsigned(signedTime))) }
        if keysTime > 0 { fields.append(("sealed", .unsigned(keysTime))) }
        return fields
    }

    mutating func setBundle(version: UInt64, digest: [UInt8], signedTime: UInt64) {
        (self.version, self.digest) = (version, digest)
        self.signedTime = max(self.signedTime, signedTime)
    }

    mutating func setKeysTime(_ time: UInt64) { keysTime = max(keysTime, time) }

    mutating func forgetLists(notIn names: Set<String>) {
        listTimes = listTimes.filter { names.contains($0.key) }
    }

    /// Takes the newer of two times for each list.
    mutating func merge(_ times: [String: UInt64]) {
        listTimes.merge(times) { max($0, $1) }
        signedTime = max(signedTime, times.values.max() ?? 0)
    }

    /// Takes the newer parts of another record of the same key.
    mutating func merge(_ other: LearntMaterial) {
        if other.version > version || other.version == version && digest == nil {
            (version, digest) = (other.version, other.digest)
        }
        merge(other.listTimes)
        setKeysTime(other.keysTime)
        signedTime = max(signedTime, other.signedTime)
    }

    /// Forgets the times and the version that lie ahead of the clock.
    mutating func forget(aheadOf now: UInt64, skewSeconds: UInt64) {
        listTimes = listTimes.filter { !SignedTime.isAhead($0.value, of: now, skewSeconds: skewSeconds) }
        if SignedTime.isAhead(signedTime, of: now, skewSeconds: skewSeconds) {
            signedTime = listTimes.values.max() ?? 0
        }
        if SignedTime.isAhead(keysTime, of: now, skewSeconds: skewSeconds) { keysTime = 0 }
        if SignedTime.isAhead(version, of: now, skewSeconds: SignedTime.versionAheadSecondsMax) {
            (version, digest) = (0, nil)
        }
    }
}
