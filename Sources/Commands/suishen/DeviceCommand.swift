import ArgumentParser

/// Makes the secret that a phone keeps: a key, or a hash chain.
struct DeviceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "device",
        abstract: "Make the secret that a phone keeps.",
        subcommands: [DeviceKeygenCommand.self, DeviceChainCommand.self])
}
