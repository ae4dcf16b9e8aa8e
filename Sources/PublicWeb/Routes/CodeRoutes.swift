import Credential
import Encoding
import Gate
import Platform
import TraceLog

/// `/O/{b32}` and `/E/{b32}`: a code's page and its other forms.
struct CodeRoutes: Sendable {
    let site: PublicSite

    func answer(_ form: Form, _ base32: String, to request: WebRequest) async -> WebAnswer {
        guard let representation = Representation.chosen(linkType: request.query["linkType"], accept: request.accept)
        else {
            let names = Representation.allCases.map(\.rawValue).joined(separator: ", ")
            return site.failure(
                WebError(.linkTypeUnknown, "linkType has an unknown value", hint: "use one of \(names), all"),
                to: request, isOfCode: true)
        }
        if form == .enterprise, let uscc = try? USCC(base32.uppercased()) {
            return await EnterpriseRoute(site: site).answer(uscc, representation, to: request)
        }
        let key = PageCache.Key(
            path: CodePath(form: form, base32: base32.uppercased()), representation: representation,
            language: request.language, view: request.view, page: Self.page(of: request))
        return await site.pages.answer(key) { await make(key, to: request) }
    }

    private func make(_ key: PageCache.Key, to request: WebRequest) async -> WebAnswer {
        let code: CheckedCode
        do throws(Refusal) {
            code = try site.issuer.code(key.path.form, key.path.base32, at: site.now)
        } catch {
            return refusal(error, key.representation, to: request)
        }
        var answer =
            switch key.representation {
            case .html: await page(code, key.page, to: request)
            case .json: await json(code, to: request)
            case .linkset:
                WebAnswer(
                    json: Linkset(code: code, host: site.settings.codeHost).json,
                    type: Representation.linkset.contentType)
            case .cwt:
                WebAnswer(kind: .data, type: Representation.cwt.contentType, bytes: code.credential.credentialBytes)
            }
        answer.vary = "Accept, Accept-Language"
        answer.link = Linkset.header(for: code.path)
        return answer
    }

    /// The page of the timeline that is asked for, from 1.
    private static func page(of request: WebRequest) -> Int {
        let countMax = ObjectHistory.eventCountMax / Timeline.pageCount
        return request.query["page"].flatMap { Int($0) }.map { min(max($0, 1), countMax) } ?? 1
    }

    private func page(_ code: CheckedCode, _ number: Int, to request: WebRequest) async -> WebAnswer {
        var record = CodePage.Record()
        record.number = number
        var status = 200
        do throws(WebError) {
            if let object = code.credential.claims.object {
                guard let history = try await site.histories.history(of: object.id) else {
                    return site.failure(.objectUnknown, to: request, isOfCode: true)
                }
                record.history = history
                record.publishedCount = try await site.log.checkpoint()?.checkpoint.size ?? 0
                record.card = try await site.cards.card(of: Hex.encode(object.id))
                record.managerCard = try await site.cards.card(of: object.manager.text)
                record.number = min(number, Timeline.pageCount(of: history))
                record.names = try await names(in: history, page: record.number)
            }
        } catch {
            // What the code proves by itself is shown all the same.
            record.history = nil
            status = error.errorClass.httpStatus
        }
        guard let digest = try? site.issuer.trust(at: site.now).rootDigest else {
            return site.failure(
                WebError(.unexpected, "the trust list is gone", hint: "try again"), to: request, isOfCode: true)
        }
        let page = CodePage(
            context: site.context(of: request), code: code, record: record, codeHost: site.settings.codeHost,
            rootDigest: Hex.encode(digest))
        return site.page(page.bytes, status: status)
    }

    /// The registered names of the actors on a page of the timeline.
    private func names(in history: ObjectHistory, page: Int) async throws(WebError) -> [String: String] {
        var names: [String: String] = [:]
        for actor in Set(Timeline.shown(of: history, page: page).map(\.entry.actor)) where !actor.isEmpty {
            names[actor] = try await site.cards.card(of: actor)?.name
        }
        return names
    }

    private func json(_ code: CheckedCode, to request: WebRequest) async -> WebAnswer {
        do throws(WebError) {
            if let object = code.credential.claims.object {
                guard let history = try await site.histories.history(of: object.id) else {
                    return WebAnswer(error: WebError.objectUnknown)
                }
                let card = try await site.cards.card(of: Hex.encode(object.id))
                let manager = try await site.cards.card(of: object.manager.text)
                return WebAnswer(
                    json: CodeJSON(code: code).object(
                        object, eventCount: history.events.count, name: card?.name, managerName: manager?.name))
            }
            return WebAnswer(json: CodeJSON(code: code).plain)
        } catch {
            return WebAnswer(error: error)
        }
    }

    /// A refused code: status 400, and 404 where its issuer is unknown; 503 where nothing can be said now.
    func refusal(_ refusal: Refusal, _ representation: Representation, to request: WebRequest) -> WebAnswer {
        let status =
            switch refusal.code {
            case .unknownIssuer: 404
            case _ where refusal.code.outcome == .undecided: 503
            default: 400
            }
        guard representation == .html else {
            let error = WebAnswer.json(
                refusal.code.rawValue, refusal.reason, refusal.hint ?? refusal.code.hint)
            return WebAnswer(json: ["error": error], status: status)
        }
        let context = site.context(of: request)
        let banner = Banner(
            refusal.code.outcome == .undecided || refusal.code == .unknownIssuer ? .open : .bad,
            context.words.notice(of: refusal.code))
        return site.page(
            NoticePage(context: context, banner: banner, code: refusal.code.rawValue).bytes, status: status)
    }
}

extension WebError {
    static let objectUnknown = WebError(
        .objectUnknown, "the code is genuine, and its object is not registered here",
        hint: "ask the issuer, whose registry it is missing from")
}
