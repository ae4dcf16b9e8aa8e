/// An act for which the settings may ask that a second operator confirms it.
package enum DualAct: String, Sendable, CaseIterable {
    /// Gives epoch keys of a domain to somebody who had none: in a bundle, or to a newly registered gate.
    case exportDomainKeys
    /// Puts root documents into the installation, from which every bundle and every publication takes them.
    case publishRoot
    /// Strikes a signing key, with every code under it.
    case compromiseKey

    /// Refuses the act on the files of an installation whose settings ask for a second operator.
    ///
    /// - Throws: `confirmation_daemon_only`, `state_missing`, or the error of settings that cannot be read.
    package func refuseOnFiles(of state: StateDirectory) throws(OperationError) {
        guard try state.readSettings().dualControl.contains(self) else { return }
        throw .confirmationDaemonOnly(self)
    }
}
