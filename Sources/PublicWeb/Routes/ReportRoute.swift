import Credential
import Gate
import Platform

/// `/O/{b32}/report`: anybody reports a fault of an object or a place to its manager.
struct ReportRoute: Sendable {
    let site: PublicSite

    func page(_ base32: String, to request: WebRequest) -> WebAnswer {
        guard site.outbox != nil else { return site.failure(.pathUnknown, to: request, isOfCode: true) }
        do throws(Refusal) {
            let code = try site.issuer.code(.object, base32, at: site.now)
            return site.page(
                ReportPage(context: site.context(of: request), path: code.path).bytes, hasForm: true)
        } catch {
            return CodeRoutes(site: site).refusal(error, .html, to: request)
        }
    }

    /// Takes a report; the form has at most ``FaultReport/byteCountMax`` bytes.
    func take(_ form: [UInt8], _ base32: String, from request: WebRequest) -> WebAnswer {
        guard let outbox = site.outbox else { return site.failure(.pathUnknown, to: request, isOfCode: true) }
        let context = site.context(of: request)
        do throws(Refusal) {
            let code = try site.issuer.code(.object, base32, at: site.now)
            guard let object = code.credential.claims.object else {
                return site.failure(.objectUnknown, to: request, isOfCode: true)
            }
            let back = context.link(code.path.parts)
            do throws(WebError) {
                let report = try FaultReport(form: form)
                try outbox.append(report, about: object.id, manager: object.manager.text, at: site.now)
            } catch {
                let banner = Banner(.open, context.words.reporting.refused)
                return site.page(
                    NoticePage(context: context, banner: banner, code: error.codeText, back: back).bytes,
                    status: error.errorClass.httpStatus)
            }
            let notice = Words.Notice(title: context.words.reporting.sent, detail: context.words.reporting.privacy)
            return site.page(NoticePage(context: context, banner: Banner(.good, notice), back: back).bytes)
        } catch {
            return CodeRoutes(site: site).refusal(error, .html, to: request)
        }
    }
}
