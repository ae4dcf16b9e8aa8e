import ArgumentParser
import CommandSupport
import Gate
import Platform

/// Whom a gate may ask, where its scene allows online answers.
struct LinkOptions: ParsableArguments {
    @Option(help: "The insurer's service for medical-insurance codes: http://HOST:PORT/PREFIX or unix:PATH.")
    var link: String?

    @Option(
        help: "The issuer's daemon: says whose codes two are, and takes recorded events.", transform: SocketPath.parse)
    var socket: String?

    @Option(help: ArgumentHelp("Who asks the insurer: the institution's number.", valueName: "id"))
    var linkOrg = "gate"

    @Option(help: ArgumentHelp("What the insurer is asked for.", valueName: "type"))
    var linkBusiness = "01101"

    @Option(help: ArgumentHelp("Who asks the insurer: the operator.", valueName: "id"))
    var linkOperator = "gate"

    @Option(help: ArgumentHelp("Who asks the insurer: the department.", valueName: "id"))
    var linkOffice = "gate"

    func validate() throws {
        if let link, HTTPEndpoint(link) == nil {
            throw ValidationError("--link is no address that can be asked: http://HOST:PORT/PREFIX or unix:PATH")
        }
    }

    /// What the options name, connected to at the first question.
    var links: Verifier.Links {
        let caller = MedicalLinkCaller(
            orgId: linkOrg, businessType: linkBusiness, operatorId: linkOperator, officeId: linkOffice)
        return Verifier.Links(
            medical: link.flatMap(HTTPEndpoint.init).map { MedicalLink(endpoint: $0, caller: caller) },
            registry: socket.map { RegistryLink(endpoint: .socket(path: $0)) })
    }
}
