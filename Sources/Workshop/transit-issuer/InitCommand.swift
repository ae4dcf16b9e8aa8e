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

/// Makes a network's keys, and the network file for gates.
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Make a certificate authority and a card issuer.",
        discussion: """
            Copy its network.json to transit-network.json in an installation's folder. Bundles exported with \
            --domain transit then contain the network, signed by the root like the rest of the bundle.
            """)

    @Option(help: "The folder to make; it must not exist.")
    var out: String

    @Option(help: "The authority's index in certificates, 0 to 255.")
    var index: UInt8 = 1

    @Option(help: "The place of custom data in codes: signedByIssuer or signedByUser.")
    var customData = TransitLayout.CustomDataPlace.signedByIssuer

    @Option(help: "The year from which times are counted: 1970 or 2000.")
    var epoch = TransitLayout.Epoch.year1970

    @Option(help: "The bytes that the length field counts: rest or whole.")
    var length = TransitLayout.LengthMeaning.rest

    func run() throws {
        try CommandError.wrapping {
            guard unsafe mkdir(out, 0o700) == 0 else {
                throw CommandError(
                    code: "output_unwritable",
                    reason: "\(out) cannot be made: \(unsafe String(cString: strerror(errno)))",
                    hint: "name a folder that does not exist")
            }
            let authority = try SigningKey.generate(.sm2)
            try authority.write(to: "\(out)/authority.pem")
            try SigningKey.generate(.sm2).write(to: "\(out)/issuer.pem")
            let network = TransitNetwork(
                layout: TransitLayout(customDataPlace: customData, epoch: epoch, lengthMeaning: length),
                authorities: [index: TransitAuthority(key: authority.verificationKey.raw)])
            try OutputFile.write(Array((network.json.encoded() + "\n").utf8), to: "\(out)/network.json")
            StandardStream.output.write(network.json.encoded() + "\n")
        }
    }
}
