import ArgumentParser
import CommandSupport
import Gate
import Platform

/// The services that a gate may ask when its scene allows online answers.
struct LinkOptions: ParsableArguments {
    @Option(help: "The insurer's service for medical-insurance codes: http://HOST:PORT/PREFIX or unix:PATH.")
    var link: String?

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

    func validate() throws {
        if let link, HTTPEndpoint(link) == nil {
            throw ValidationError("--link must be http://HOST:PORT/PREFIX or unix:PATH")
        }
    }

    /// The named services; each connection is made at the first question.
    var links: Verifier.Links {
        let caller = MedicalLinkCaller(
            orgId: linkOrg, businessType: linkBusiness, operatorId: linkOperator, officeId: linkOffice)
        return Verifier.Links(
            medical: link.flatMap(HTTPEndpoint.init).map { MedicalLink(endpoint: $0, caller: caller) },
            registry: socket.map { RegistryLink(endpoint: .socket(path: $0)) })
    }
}
