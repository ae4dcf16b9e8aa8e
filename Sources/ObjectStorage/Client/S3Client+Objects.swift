import Platform
package import Storage

/// An object, with the tag that names just these bytes.
package struct S3Object: Sendable, Equatable {
    package let bytes: [UInt8]
    /// Opaque, quotes included (RFC 9110 §8.8.3).
    package let entityTag: String
}

/// The condition of a write.
package enum S3Condition: Sendable, Equatable {
    /// Replaces the object, or makes it.
    case none
    /// The key has no object yet.
    case absent
    /// The key's object has this tag.
    case matching(String)

    fileprivate var fields: [(name: String, value: String)] {
        switch self {
        case .none: []
        case .absent: [("If-None-Match", "*")]
        case .matching(let tag): [("If-Match", tag)]
        }
    }
}

/// The outcome of a conditional write.
package enum S3WriteOutcome: Sendable, Equatable {
    case written
    /// The condition did not hold; `isUnsure` when an earlier attempt, whose answer was lost, may be the cause.
    case refused(isUnsure: Bool)
}

extension S3Client {
    /// Reads an object whole.
    ///
    /// - Returns: nil when the key has no object, which the service says only to an account that may list.
    /// - Throws: `log_unreadable` for an object that is empty, too long or without a tag; the errors of the service.
    package func read(_ key: String, byteCountMax: Int) throws(LogError) -> S3Object? {
        let reply = try ask(Question(method: .get, key: key, byteCountMax: byteCountMax))
        guard reply.response.status == 200 else { return try Self.absence(reply, key) }
        guard !reply.response.body.isEmpty else { throw .objectUnreadable(key, "it is empty") }
        guard reply.response.body.count <= byteCountMax else {
            throw .objectUnreadable(key, "it has more than \(byteCountMax) bytes")
        }
        guard let tag = reply.response.entityTag else { throw .objectUnreadable(key, "it has no ETag") }
        return S3Object(bytes: reply.response.body, entityTag: tag)
    }

    /// Whether an object with at least one byte is there; one byte is fetched, because an answer to HEAD has no error
    /// code that tells a missing key from a missing bucket.
    package func exists(_ key: String, byteCountMax: Int) throws(LogError) -> Bool {
        let reply = try ask(
            Question(method: .get, key: key, fields: [("Range", "bytes=0-0")], byteCountMax: byteCountMax))
        switch reply.response.status {
        case 206,
            200 where !reply.response.body.isEmpty:
            return true
        case 200, 416: throw .objectUnreadable(key, "it is empty")
        default: return try Self.absence(reply, key) as S3Object? != nil
        }
    }

    /// Writes an object.
    ///
    /// - Parameters:
    ///   - bytes: the whole object.
    ///   - key: its key.
    ///   - condition: what must hold.
    ///   - kind: how readers get it.
    ///   - isSettled: whether the caller takes the same bytes at the key for its own; it may then go over a kept
    ///     connection, on which libcurl may send it twice.
    /// - Returns: whether the object was written.
    /// - Throws: the errors of the service; the write may have happened after `tiles_silent`.
    package func write(
        _ bytes: [UInt8], to key: String, if condition: S3Condition, as kind: S3ObjectKind, isSettled: Bool
    ) throws(LogError) -> S3WriteOutcome {
        let reply = try ask(
            Question(
                method: .put, key: key, fields: kind.fields + condition.fields, body: bytes,
                mayBeRepeatedUnseen: isSettled))
        switch reply.response.status {
        case 200..<300: return .written
        // A key that must have an object with a tag, and has none.
        case 412,
            404 where condition != .none:
            return .refused(isUnsure: reply.hadLostAnswer)
        default: throw .conditionsUnsafe("the object storage answers \(reply.response.status) to a write of \(key)")
        }
    }

    /// Deletes an object; there may be none.
    package func delete(_ key: String) throws(LogError) {
        _ = try ask(Question(method: .delete, key: key))
    }

    /// Lists a folder of keys.
    ///
    /// - Parameters:
    ///   - folder: the beginning of the keys, with a slash at its end, or empty.
    ///   - countMax: the most names; nil for all.
    /// - Returns: the names directly in it: of objects, and of folders without their last slash.
    /// - Throws: the errors of the service; `log_unreadable` for a list that cannot be read.
    package func list(_ folder: String, countMax: Int? = nil) throws(LogError) -> [String] {
        try keys(folder, delimiter: "/", countMax: countMax).compactMap { key in
            let name = key.dropFirst(folder.count).split(separator: "/").first
            return name.map(String.init)
        }
    }

    /// The keys of all objects whose keys begin so.
    package func everyKey(_ folder: String) throws(LogError) -> [String] {
        try keys(folder, delimiter: nil, countMax: nil)
    }

    private func keys(_ prefix: String, delimiter: String?, countMax: Int?) throws(LogError) -> [String] {
        var found: [String] = []
        var token: String?
        repeat {
            var query: [(name: String, value: String)] = [("list-type", "2"), ("prefix", prefix)]
            if let delimiter { query.append(("delimiter", delimiter)) }
            if let countMax { query.append(("max-keys", String(countMax))) }
            if let token { query.append(("continuation-token", token)) }
            let reply = try ask(Question(method: .get, key: "", query: query))
            guard reply.response.status == 200, let page = S3Markup(bytes: reply.response.body),
                let isCutOff = page.text(at: Self.result, "IsTruncated"), ["true", "false"].contains(isCutOff)
            else { throw .objectUnreadable(prefix, "the bucket's list cannot be read") }
            let names =
                page.texts(at: Self.result, "Contents", "Key")
                + page.texts(at: Self.result, "CommonPrefixes", "Prefix")
            guard names.allSatisfy({ $0.hasPrefix(prefix) }) else {
                throw .objectUnreadable(prefix, "the bucket's list has other names than asked for")
            }
            found += names
            if let countMax, found.count >= countMax { return found }
            let next = isCutOff == "true" ? page.text(at: Self.result, "NextContinuationToken") : nil
            guard isCutOff == "false" || next != nil && next != token else {
                throw .objectUnreadable(prefix, "the bucket's list ends early")
            }
            token = next
        } while token != nil
        return found
    }

    private static let result = "ListBucketResult"

    private static func absence<Value>(_ reply: Reply, _ key: String) throws(LogError) -> Value? {
        guard reply.response.status == 404 else {
            throw .objectUnreadable(key, "the object storage answers \(reply.response.status)")
        }
        return nil
    }
}

/// How an object is served to readers, who may fetch it from the bucket or from a cache in front of it.
package enum S3ObjectKind: Sendable {
    /// Its bytes never change.
    case lasting
    /// It may be replaced; a cache asks each time.
    case changing
    /// The newest checkpoint, a text.
    case checkpoint

    fileprivate var fields: [(name: String, value: String)] {
        switch self {
        case .lasting:
            [("Content-Type", "application/octet-stream"), ("Cache-Control", "public, max-age=31536000, immutable")]
        case .changing: [("Content-Type", "application/octet-stream"), ("Cache-Control", "no-cache")]
        case .checkpoint: [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-cache")]
        }
    }
}
