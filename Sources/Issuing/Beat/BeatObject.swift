import ObjectStorage
import Storage

/// The beat as an object in a bucket, which several daemons advance by compare-and-swap.
///
/// An advance reads the object, takes the higher of both in every part, and replaces it under the tag that was read
/// (`If-Match`). So no daemon takes back what another one wrote, and a write whose answer was lost is found at the next
/// reading.
struct BeatObject: BeatPlace {
    /// The most rounds of one advance; in each of them another daemon has replaced the beat first.
    private static let roundCountMax = 100

    let path: String
    private let client: S3Client
    private let probe: S3Probe
    private let key: String

    /// - Parameters:
    ///   - client: the bucket, with the beginning of the key.
    ///   - probe: tries the service before the first write.
    init(_ client: S3Client, probe: S3Probe) {
        self.client = client
        self.probe = probe
        key = client.place.prefix + "beat"
        path = "s3://\(client.place.bucket)/\(key)"
    }

    func read() throws(OperationError) -> Beat? { try found()?.beat }

    func create(_ beat: Beat) throws(OperationError) {
        do throws(OperationError) {
            guard case .refused(let isUnsure) = try write(beat, if: .absent) else { return }
            // The first attempt of a repeated write may be what the second one met.
            guard isUnsure, try read() == beat else { throw occupied }
        } catch {
            if error.code != occupied.code { withdraw(beat) }
            throw error
        }
    }

    func advance(to next: Beat, from known: Beat) throws(OperationError) -> Beat {
        for _ in 0..<Self.roundCountMax {
            let present: (beat: Beat, tag: String)?
            do throws(OperationError) {
                present = try found()
            } catch {
                throw unwritable(error.reason)
            }
            guard let present, present.beat.installation == next.installation else {
                throw unwritable("another program has changed or removed it")
            }
            var merged = present.beat
            merged.advance(by: next.step)
            if merged == present.beat { return merged }
            if case .written = try write(merged, if: .matching(present.tag)) { return merged }
        }
        throw unwritable("other daemons keep replacing it")
    }

    func obstacle() -> OperationError? {
        do throws(LogError) {
            try probe.check()
            return nil
        } catch {
            return unwritable(error.reason)
        }
    }

    func withdraw(_ beat: Beat) {
        guard let found = try? found(), found.beat == beat else { return }
        try? client.delete(key)
    }

    var readingFix: String { "put the object's version before back; if its content is lost, delete it" }
    var writingFix: String { "see to the object storage and the way to it" }
    var occupiedFix: String { "set `beat` to another prefix" }

    private func found() throws(OperationError) -> (beat: Beat, tag: String)? {
        let object: S3Object?
        do throws(LogError) {
            object = try client.read(key, byteCountMax: Beat.byteCountMax)
        } catch {
            guard error.code != .logUnreadable else { throw unreadable(error.reason) }
            throw OperationError(error)
        }
        guard let object else { return nil }
        guard let beat = Beat(text: object.bytes) else { throw unreadable(text: object.bytes) }
        return (beat, object.entityTag)
    }

    private func write(_ beat: Beat, if condition: S3Condition) throws(OperationError) -> S3WriteOutcome {
        do throws(LogError) {
            try probe.check()
            return try client.write(
                Array(beat.text.utf8), to: key, if: condition, as: .changing, isSettled: false)
        } catch {
            throw unwritable(error.reason)
        }
    }
}
