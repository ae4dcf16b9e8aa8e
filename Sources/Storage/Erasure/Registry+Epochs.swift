/// The epoch keys that fields need, and the change from one to the next.
extension Registry {
    /// The most fields that one pass looks at, so that no writer waits long.
    package static let rewrapCountMax = 512

    /// Records the process's epoch keys, so that a later start knows which it needs.
    ///
    /// A key that was lost and is here again is live again.
    package static func noteEpochKeys(_ keys: [FieldEpochKey], in transaction: any RegistryTransaction) throws {
        let known = try transaction.epochKeys()
        for key in keys {
            let record = EpochKeyRecord(number: key.number, mark: key.mark, status: .live)
            if let found = known.first(where: { $0.number == key.number }) {
                guard found.mark == key.mark else {
                    throw StorageError(
                        code: .fieldKeyInvalid, reason: "epoch key \(key.number) is not the one of this registry",
                        hint: "put the epoch keys back that this registry was used with")
                }
                guard found.status == .lost else { continue }
            }
            try transaction.putEpochKey(record)
        }
    }

    /// The fields after a place whose keys an earlier epoch key wraps, with those keys wrapped by the current one.
    ///
    /// - Parameters:
    ///   - kind: the fields' table.
    ///   - place: the last field of the page before; nil for the first page.
    ///   - snapshot: an open transaction.
    /// - Returns: the changes, and the place to go on after; nil behind the last field.
    /// - Throws: `registry_corrupt`.
    package func rewrappedFields(
        _ kind: SealedField.Kind, after place: SealedField.Place?, in snapshot: any RegistrySnapshot
    ) throws -> (changes: [(field: SealedField, sealed: [UInt8])], next: SealedField.Place?) {
        let page = try snapshot.sealedFields(kind, after: place, countMax: Self.rewrapCountMax)
        let changes = try page.compactMap { field in
            try cipher.fields.rewrapped(field.sealed, at: field.place.bytes).map { (field, $0) }
        }
        return (changes, page.count == Self.rewrapCountMax ? page.last?.place : nil)
    }

    /// The number of sealed fields whose epoch key is gone.
    package func lostFieldCount(in snapshot: any RegistrySnapshot) throws -> Int {
        var count = 0
        for kind in SealedField.Kind.allCases {
            var place: SealedField.Place?
            repeat {
                let page = try snapshot.sealedFields(kind, after: place, countMax: Self.rewrapCountMax)
                count +=
                    page.filter { field in
                        FieldKeys.epoch(of: field.sealed).map { cipher.fields.ring.key($0) == nil } ?? false
                    }.count
                place = page.count == Self.rewrapCountMax ? page.last?.place : nil
            } while place != nil
        }
        return count
    }
}

extension StorageError {
    /// The error for a key that another daemon began and that this one cannot read yet.
    package static func epochKeyPending(_ number: UInt32, _ reason: String) -> StorageError {
        StorageError(
            code: .storageUnavailable,
            reason: "epoch key \(number), which another daemon began, cannot be read: \(reason)",
            hint: "see to the place that `epochKeys` names; then send the request again")
    }

    /// The error for a field whose epoch key is gone; it does not say whose field it is.
    static func fieldLost(_ what: String, _ hint: String) -> StorageError {
        StorageError(
            code: .fieldLost, reason: "\(what) cannot be read: the epoch key that it was sealed under is gone",
            hint: hint)
    }
}
