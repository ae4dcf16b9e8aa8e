import ArgumentParser
import CommandSupport
import Encoding
import ForeignCodes
import Gate
import Glibc
import Signing

extension TransitLayout.CustomDataPlace: ExpressibleByArgument {}
extension TransitLayout.Epoch: ExpressibleByArgument {}
extension TransitLayout.LengthMeaning: ExpressibleByArgument {}

/// Makes a network's keys, and what gates must know of it.
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Make a certificate authority and a card issuer.",
        discussion: """
            Copy the network.json it makes to transit-network.json in an installation's folder: bundles exported \
            with --domain transit then carry it, signed by the root as all of the bundle.
            """)

    @Option(help: "The folder to make; it must not exist.")
    var out: String

    @Option(help: "The index that certificates name the authority by, 0 to 255.")
    var index: UInt8 = 1

    @Option(help: "Where codes have their custom data: signedByIssuer or signedByUser.")
    var customData = TransitLayout.CustomDataPlace.signedByIssuer

    @Option(help: "What times count from: 1970 or 2000.")
    var epoch = TransitLayout.Epoch.year1970

    @Option(help: "What the length field counts: rest or whole.")
    var length = TransitLayout.LengthMeaning.rest

    func run() throws {
        try CommandError.wrapping {
            guard unsafe mkdir(out, 0o700) == 0 else {
                throw CommandError(
                    code: "output_unwritable",
                    reason: "\(out) cannot be made: \(unsafe String(cString: strerror(errno)))",
                    hint: "name a folder that is new")
            }
            let authority = try SigningKey.generate(.sm2)
            try authority.write(to: "\(out)/authority.pem")
            try SigningKey.generate(.sm2).write(to: "\(out)/issuer.pem")
            let network = TransitNetwork(
                layout: TransitLayout(customDataPlace: customData, epoch: epoch, lengthMeaning: length),
                authorities: [index: authority.verificationKey.raw])
            try OutputFile.write(Array((network.json.encoded() + "\n").utf8), to: "\(out)/network.json")
            StandardStream.output.write(network.json.encoded() + "\n")
        }
    }
}
