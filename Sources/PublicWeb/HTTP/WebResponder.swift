import HTTPTypes
import HummingbirdCore
import NIOCore
import Platform

/// Answers the requests of one connection after the other's head was read.
struct WebResponder: Sendable {
    let routes: WebRoutes
    let security: SecurityFields
    let metrics: WebMetrics
    let rates: ClientRates

    func respond(
        to request: Request, _ writer: consuming ResponseWriter, closeAfterAnswer: () -> Void
    ) async throws {
        let start = MonotonicClock.microseconds()
        guard let parsed = WebRequest(request.head) else {
            closeAfterAnswer()
            let error = WebError(
                .targetMalformed, "the request's target cannot be read", hint: "scan the code again")
            return try await send(WebAnswer(error: error), to: nil, writer, "other", since: start)
        }
        let phone = routes.phoneOperation(of: parsed)
        do throws(WebError) {
            try rates.take(parsed.field(ClientRates.field), isOfPhone: phone != nil)
        } catch {
            if parsed.hasBody { closeAfterAnswer() }
            let answer =
                phone.map { routes.wallet.refusal($0, error) } ?? routes.site.failure(error, to: parsed, isOfCode: true)
            return try await send(answer, to: parsed, writer, "refused", since: start)
        }
        let (plan, name) = await routes.plan(for: parsed)
        switch plan {
        case .answer(let answer):
            // A body that nobody reads would be taken for the next request, or keep the connection busy.
            if parsed.hasBody { closeAfterAnswer() }
            try await send(answer, to: parsed, writer, name, since: start)
        case .form(let base32):
            let answer: WebAnswer
            do throws(WebError) {
                let form = try await Self.form(of: request, parsed)
                answer = ReportRoute(site: routes.site).take(form, base32, from: parsed)
            } catch {
                closeAfterAnswer()
                answer = routes.site.failure(error, to: parsed, isOfCode: true)
            }
            try await send(answer, to: parsed, writer, name, since: start)
        case .wallet(let operation):
            let answer: WebAnswer
            do throws(WebError) {
                let body = try await Self.body(
                    of: request, parsed, type: operation.bodyType, byteCountMax: WalletOperation.byteCountMax)
                answer = await routes.wallet.answer(operation, body, to: parsed)
            } catch {
                closeAfterAnswer()
                answer = routes.wallet.refusal(operation, error)
            }
            try await send(answer, to: parsed, writer, name, since: start)
        }
    }

    private func send(
        _ answer: WebAnswer, to request: WebRequest?, _ writer: consuming ResponseWriter, _ route: String,
        since start: UInt64
    ) async throws {
        let fitted = FittedAnswer(answer, to: request, security)
        try await writer.write(response: fitted.head, body: ResponseBody(byteBuffer: fitted.body))
        metrics.count(
            route: route, status: fitted.head.status.code, microseconds: MonotonicClock.microseconds() - start)
    }

    private static func form(of request: Request, _ parsed: WebRequest) async throws(WebError) -> [UInt8] {
        try await body(
            of: request, parsed, type: "application/x-www-form-urlencoded", byteCountMax: FaultReport.byteCountMax)
    }

    /// Reads a body of one media type, within a limit.
    static func body(
        of request: Request, _ parsed: WebRequest, type: String, byteCountMax: Int
    ) async throws(WebError) -> [UInt8] {
        let tooLong = WebError(
            .requestTooLong, "the body has over \(byteCountMax) bytes", hint: "shorten the text")
        guard parsed.contentLength ?? 0 <= byteCountMax else { throw tooLong }
        guard parsed.contentType?.prefix(while: { $0 != ";" && $0 != " " }).lowercased() == type else {
            throw WebError(.formMalformed, "the body is not of the type \(type)", hint: "send \(type)")
        }
        var bytes: [UInt8] = []
        do {
            for try await buffer in request.body {
                guard bytes.count + buffer.readableBytes <= byteCountMax else { throw tooLong }
                bytes.append(contentsOf: buffer.readableBytesView)
            }
        } catch let error as WebError {
            throw error
        } catch {
            throw WebError(.formMalformed, "the body broke off", hint: "send it again")
        }
        return bytes
    }
}
