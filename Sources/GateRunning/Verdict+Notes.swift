package import Gate
import Signing

extension Verdict {
    /// Adds the warning while the gate's folder holds a refused generation.
    package mutating func noteUpdate(of generation: RunningGate.Generation) {
        if generation.isUpdateRefused, !findings.warnings.contains(RunningGate.refusedWarning) {
            findings.warnings.append(RunningGate.refusedWarning)
        }
    }

    /// Adds the warning while an unread code in the background is passed over.
    package mutating func noteBackground() {
        if !findings.warnings.contains(Verifier.backgroundWarning) {
            findings.warnings.append(Verifier.backgroundWarning)
        }
    }
}

extension Collection<UInt8> {
    /// The digest by which a verdict names the scanned bytes.
    package var digest: [UInt8] { Array(DigestAlgorithm.sha256.digest(self).prefix(8)) }
}
