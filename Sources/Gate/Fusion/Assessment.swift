/// What looking at one code alone gives; whether it was shown before is asked afterwards, in the order of scanning.
package struct Assessment: Sendable {
    package var verdict: Verdict
    /// What to remember once the code is accepted; nil where the same code may come again.
    package var replayKey: ReplayKey?

    package init(verdict: Verdict, replayKey: ReplayKey? = nil) {
        self.verdict = verdict
        self.replayKey = replayKey
    }
}
