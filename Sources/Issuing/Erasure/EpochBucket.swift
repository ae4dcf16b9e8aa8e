import ObjectStorage
import Signing
import Storage

/// The epoch keys as objects of a bucket, which several daemons read; one of them adds and destroys keys.
///
/// Each object is sealed under a key that follows from the registry's key, so that a reader of the bucket has nothing.
/// The first writer of a number stands (`If-None-Match`).
struct EpochBucket: EpochPlace {
    let path: String
    private let client: S3Client
    private let probe: S3Probe
    private let sealing: EpochKeySealing

    /// - Parameters:
    ///   - client: the bucket, with the beginning of every key.
    ///   - probe: tries the service before the first write.
    ///   - sealing: seals the objects.
    init(_ client: S3Client, probe: S3Probe, sealing: EpochKeySealing) {
        (self.client, self.probe, self.sealing) = (client, probe, sealing)
        path = "s3://\(client.place.bucket)/\(client.place.prefix)"
    }

    func keys() throws(OperationError) -> [FieldEpochKey]? {
        let names: [String]
        do throws(LogError) {
            names = try client.list(client.place.prefix).filter { $0.hasSuffix(Self.suffix) }
        } catch {
            throw unreached(path, error)
        }
        guard !names.isEmpty else { return nil }
        var keys: [FieldEpochKey] = []
        for name in names.sorted() {
            guard let number = UInt32(name.dropLast(Self.suffix.count)), Self.name(of: number) == name else {
                throw unreadable(path + name, "no epoch key has this name")
            }
            if let key = try key(number) { keys.append(key) }
        }
        return keys
    }

    func key(_ number: UInt32) throws(OperationError) -> FieldEpochKey? {
        let name = Self.name(of: number)
        let object: S3Object?
        do throws(LogError) {
            object = try client.read(client.place.prefix + name, byteCountMax: EpochKeySealing.byteCount)
        } catch {
            throw unreached(path + name, error)
        }
        guard let bytes = object?.bytes else { return nil }
        guard !EpochKeySealing.isOverwritten(bytes) else {
            // A crash came between the overwriting and the removal.
            try remove(number)
            return nil
        }
        guard let key = sealing.open(bytes, number: number) else {
            throw unreadable(path + name, "it is not an epoch key of this installation, or its versions were mixed up")
        }
        return key
    }

    func create(with key: FieldEpochKey) throws(OperationError) {
        guard try keys() == nil else { throw occupied }
        do throws(OperationError) {
            guard try add(key) == key else { throw occupied }
        } catch {
            withdraw(key)
            throw error
        }
    }

    func add(_ key: FieldEpochKey) throws(OperationError) -> FieldEpochKey {
        let name = Self.name(of: key.number)
        let bytes: [UInt8]
        do { bytes = try sealing.seal(key) } catch { throw unwritable(path + name, "it cannot be sealed") }
        let outcome: S3WriteOutcome
        do throws(LogError) {
            try probe.check()
            outcome = try client.write(
                bytes, to: client.place.prefix + name, if: .absent, as: .changing, isSettled: false)
        } catch {
            throw unwritable(path + name, error.reason)
        }
        if case .written = outcome { return key }
        // The first attempt of a repeated write may be what the second one met; else another daemon came first.
        guard let present = try self.key(key.number) else {
            throw unwritable(path + name, "it was removed at once")
        }
        return present
    }

    func destroy(_ number: UInt32) throws(OperationError) {
        let key = client.place.prefix + Self.name(of: number)
        do throws(LogError) {
            guard try client.exists(key, byteCountMax: EpochKeySealing.byteCount) else { return }
            _ = try client.write(EpochKeySealing.overwritten, to: key, if: .none, as: .changing, isSettled: true)
        } catch {
            throw unwritable(path + Self.name(of: number), error.reason)
        }
        try remove(number)
    }

    func withdraw(_ key: FieldEpochKey) {
        guard (try? self.key(key.number)) == key else { return }
        try? destroy(key.number)
    }

    func obstacle() -> OperationError? {
        do throws(LogError) {
            try probe.check()
            return nil
        } catch {
            return unwritable(path, error.reason)
        }
    }

    var readingFix: String { "set `epochKeys` to this installation's own prefix, or put the object back" }
    var writingFix: String { "see to the object storage and the way to it" }

    private func remove(_ number: UInt32) throws(OperationError) {
        do throws(LogError) {
            try client.delete(client.place.prefix + Self.name(of: number))
        } catch {
            throw unwritable(path + Self.name(of: number), error.reason)
        }
    }

    private func unreached(_ file: String, _ error: LogError) -> OperationError {
        error.code == .logUnreadable ? unreadable(file, error.reason) : OperationError(error)
    }
}
