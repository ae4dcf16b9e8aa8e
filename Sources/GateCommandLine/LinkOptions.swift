import ArgumentParser
import CommandSupport
import Gate
import Platform

/// The services that a gate may ask when its scene allows online answers.
package struct LinkOptions: ParsableArguments {
    /// The most bytes of a file of authorities; the system's whole store has about 200 kB.
    private static let authoritiesByteCountMax = 1 << 20

    @Option(
        help: """
            The insurer's service for medical-insurance codes: https://HOST[:PORT][/PREFIX] with --link-ca, unix:PATH, \
            or http to this machine only.
            """)
    var link: String?

    @Option(
        help: ArgumentHelp(
            "The PEM file of the only authorities that may sign the certificate of --link.", valueName: "file"))
    var linkCa: String?

    @Option(
        help: "The issuer's daemon: says if codes share a holder, takes recorded events.", transform: SocketPath.parse)
    var socket: String?

    @Option(help: ArgumentHelp("The institution's number, for questions to the insurer.", valueName: "id"))
    var linkOrg = "gate"

    @Option(help: ArgumentHelp("The business type of questions to the insurer.", valueName: "type"))
    var linkBusiness = "01101"

    @Option(help: ArgumentHelp("The operator's name, for questions to the insurer.", valueName: "id"))
    var linkOperator = "gate"

    @Option(help: ArgumentHelp("The department's name, for questions to the insurer.", valueName: "id"))
    var linkOffice = "gate"

    package init() {}

    /// The named services; each connection is made at the first question.
    ///
    /// - Throws: `usage` for an address that anybody on the way could answer for, `input_unreadable` for `--link-ca`.
    var links: Verifier.Links {
        get throws(CommandError) {
            let caller = MedicalLinkCaller(
                orgId: linkOrg, businessType: linkBusiness, operatorId: linkOperator, officeId: linkOffice)
            return Verifier.Links(
                medical: try endpoint.map { MedicalLink(endpoint: $0, caller: caller) },
                registry: socket.map { RegistryLink(endpoint: .socket(path: $0)) })
        }
    }

    private var endpoint: HTTPEndpoint? {
        get throws(CommandError) {
            guard let link else {
                guard linkCa == nil else {
                    throw Self.wrong("--link-ca is given without --link", hint: "give --link https://HOST")
                }
                return nil
            }
            guard let endpoint = HTTPEndpoint(link) else {
                guard let address = RemoteAddress(link) else {
                    throw Self.wrong(
                        "--link is not an address",
                        hint: "give https://HOST[:PORT][/PREFIX] with --link-ca, or unix:PATH")
                }
                throw Self.wrong(
                    "--link uses http to \(address.host), where anybody on the way could answer",
                    hint: "give https:// with --link-ca; http is for 127.0.0.0/8, ::1 and localhost")
            }
            guard case .remote(var address) = endpoint, address.isSecure else {
                guard linkCa == nil else {
                    throw Self.wrong("--link-ca is given for a --link without TLS", hint: "give --link https://HOST")
                }
                return endpoint
            }
            guard let linkCa else {
                throw Self.wrong(
                    "--link https needs --link-ca",
                    hint: "give the PEM file of the authority that signs the service's certificate")
            }
            address.authorities = try InputFile.read(linkCa, byteCountMax: Self.authoritiesByteCountMax)
            return .remote(address)
        }
    }

    private static func wrong(_ reason: String, hint: String) -> CommandError {
        CommandError(code: "usage", reason: reason, hint: hint, status: .usage)
    }
}
