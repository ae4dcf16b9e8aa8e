import TraceLog

/// What the steps of one page have proved so far; each step needs the results of those before it.
struct PageProof {
    var code = CodeProof()
    var checkpoint: Checkpoint?
}
