import Credential
import Encoding
import Platform

/// `/E/{USCC}`: what the register says about an enterprise, to which the pages of objects link.
struct EnterpriseRoute: Sendable {
    let site: PublicSite

    func answer(_ uscc: USCC, _ representation: Representation, to request: WebRequest) async -> WebAnswer {
        let card: SubjectCard?
        do throws(WebError) {
            card = try await site.cards.card(of: uscc.text)
        } catch {
            return site.failure(error, to: request, isOfCode: true)
        }
        guard representation == .html else {
            guard let card else { return WebAnswer(error: Self.unknown) }
            var answer = WebAnswer(json: [
                "form": "enterprise", "uscc": .string(uscc.text), "name": card.name.map(JSONValue.string) ?? .null,
            ])
            answer.vary = "Accept, Accept-Language"
            return answer
        }
        let context = site.context(of: request)
        guard let card else {
            let banner = Banner(.open, context.words.verdicts.notRegistered)
            return site.page(
                NoticePage(context: context, banner: banner, code: Self.unknown.codeText).bytes, status: 404)
        }
        return site.page(RegisteredEnterprisePage(context: context, uscc: uscc.text, card: card).bytes)
    }

    private static let unknown = WebError(
        .objectUnknown, "no enterprise with this number is registered here", hint: "check the number")
}
