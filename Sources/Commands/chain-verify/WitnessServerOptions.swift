import ArgumentParser

/// The options of a witness that serves.
struct WitnessServerOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The address to serve on, of this machine alone: 127.0.0.1:PORT.", valueName: "address"))
    var serve: String?

    @Option(
        help: ArgumentHelp(
            "With --serve, the folder in which this witness remembers the newest checkpoint of each log.",
            valueName: "dir"))
    var stateDir: String?

    @Option(
        help: ArgumentHelp(
            "With --serve, the known logs: a C2SP tlog-list, or one verifier key a line.", valueName: "file"))
    var logs: String?

    @Flag(
        help: """
            With --serve, make the state of each log that has none, then end; only for logs that this witness never \
            cosigned.
            """)
    var begin = false

    /// Refuses options that do not go together.
    ///
    /// - Parameter besides: whether an option of a single cosignature is given.
    /// - Throws: the parser's own error.
    func validate(besides: Bool) throws {
        if serve == nil {
            guard stateDir == nil, logs == nil, !begin else {
                throw ValidationError("--state-dir, --logs and --begin are for --serve")
            }
        } else {
            guard stateDir != nil, logs != nil else { throw ValidationError("--serve needs --state-dir and --logs") }
            guard !besides else {
                throw ValidationError("--serve takes --state-dir, --key, --logs, --name and --begin alone")
            }
        }
    }

    /// The server's command line; nil without --serve.
    func arguments(key: String, name: String) -> [String]? {
        guard let serve, let stateDir, let logs else { return nil }
        return ["--serve", serve, "--state-dir", stateDir, "--key", key, "--logs", logs, "--name", name]
            + (begin ? ["--begin"] : [])
    }
}
