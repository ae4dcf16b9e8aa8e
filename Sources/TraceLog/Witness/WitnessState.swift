import Encoding
import Signing

/// The newest checkpoint of a log that a serving witness has cosigned, as its state file holds it.
///
/// A line `suishen witness state v1`, the log's origin, then the cosigned checkpoint as a signed note. A log that was
/// begun and never cosigned has the line `nothing cosigned` in place of the note, so that a file that was cut is none.
package struct WitnessState: Sendable, Equatable {
    private static let label = "suishen witness state v1"
    private static let nothing = "nothing cosigned\n"
    /// The two lines and the largest note.
    package static let byteCountMax = 1024 + SignedNote.byteCountMax

    package let origin: String
    package let note: SignedNote?
    package let checkpoint: Checkpoint?

    /// Begins a log of which nothing was cosigned.
    package init(origin: String) {
        (self.origin, note, checkpoint) = (origin, nil, nil)
    }

    /// Takes a cosigned checkpoint.
    ///
    /// - Throws: `malformed_checkpoint` when the note is no checkpoint of this log.
    package init(origin: String, note: SignedNote) throws(TraceLogError) {
        let checkpoint = try Checkpoint(text: note.text)
        guard checkpoint.isOf(origin) else { throw Self.malformed("its checkpoint is of the log \(checkpoint.origin)") }
        (self.origin, self.note, self.checkpoint) = (origin, note, checkpoint)
    }

    /// Reads a state file.
    ///
    /// - Throws: `malformed_checkpoint`.
    package init(bytes: [UInt8]) throws(TraceLogError) {
        let parts = bytes.split(separator: 0x0A, maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].elementsEqual(Self.label.utf8),
            let origin = String(validating: parts[1], as: UTF8.self)
        else { throw Self.malformed("it does not begin with `\(Self.label)` and the log's origin") }
        guard !parts[2].elementsEqual(Self.nothing.utf8) else {
            self.init(origin: origin)
            return
        }
        try self.init(origin: origin, note: SignedNote(bytes: Array(parts[2])))
    }

    package var bytes: [UInt8] { Array("\(Self.label)\n\(origin)\n".utf8) + (note?.bytes ?? Array(Self.nothing.utf8)) }

    /// The name of a log's file and the first part of its path at a witness: the SHA-256 of the origin, in hex
    /// (C2SP tlog-mirror).
    package static func name(of origin: String) -> String {
        Hex.encode(DigestAlgorithm.sha256.digest(Array(origin.utf8)))
    }

    package static func malformed(_ reason: String) -> TraceLogError {
        TraceLogError(
            code: .malformedCheckpoint, reason: "the witness's state is malformed: \(reason)",
            hint: "restore the file; a witness that forgets a checkpoint may cosign a fork")
    }
}
