import ArgumentParser

/// The idempotency key of a change; an inquiry takes none.
struct IdempotencyOption: ParsableArguments {
    @Option(help: "The request's idempotency key: a repeated request with the same key gets the first answer again.")
    var idempotencyKey: String?
}
