import CommandSupport
import Encoding
import HTTPServing
import HTTPTypes
import HummingbirdCore
import NIOCore
import Platform
import TraceLog

/// Answers the requests of one connection.
struct WitnessResponder: Sendable {
    static let limits = ServingLimits(
        connectionCountMax: 512, strangerCountMax: 1, idleSeconds: 30, headSeconds: 10, headByteCountMax: 8 << 10,
        headerCountMax: 48, stopTimeout: .seconds(10))
    /// The seconds that a body may take to arrive.
    private static let bodySeconds = 10

    let signer: WitnessSigner
    /// The known logs by their origins' bytes.
    let logs: [[UInt8]: KnownLog]
    /// The known logs by the SHA-256 of their origins in hex.
    private let logsByHash: [String: KnownLog]

    init(signer: WitnessSigner, logs: [[UInt8]: KnownLog]) {
        (self.signer, self.logs) = (signer, logs)
        logsByHash = Dictionary(
            logs.map { (WitnessState.name(of: String(decoding: $0.key, as: UTF8.self)), $0.value) },
            uniquingKeysWith: { first, _ in first })
    }

    func respond(to request: Request, _ writer: consuming ResponseWriter, closeAfterAnswer: () -> Void) async throws {
        if request.method == .post, request.head.path == "/add-checkpoint" {
            guard let body = try await Self.body(of: request) else {
                closeAfterAnswer()
                let text = "the request is too long or too slow\n"
                return try await Self.send(413, "text/plain", Array(text.utf8), writer)
            }
            let answer = await answer(to: body)
            return try await Self.send(answer.status, answer.type, answer.body, writer)
        }
        // A body that nobody reads would be taken for the next request.
        closeAfterAnswer()
        guard request.method == .get, let path = request.head.path else {
            return try await Self.send(405, "text/plain", Array("use POST /add-checkpoint\n".utf8), writer)
        }
        if path == "/vkey" {
            return try await Self.send(200, "text/plain; charset=utf-8", Array("\(signer.noteKey.vkey)\n".utf8), writer)
        }
        if path == "/health" {
            let health: JSONValue = ["status": "ok", "logs": .integer(Int64(logs.count))]
            return try await Self.send(200, "application/json", Array((health.encoded() + "\n").utf8), writer)
        }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count == 3, parts[0].isEmpty, parts[2] == "checkpoint", let log = logsByHash[String(parts[1])],
            let bytes = await log.cosigned
        {
            return try await Self.send(200, "text/plain; charset=utf-8", bytes, writer)
        }
        try await Self.send(404, "text/plain", Array("there is nothing here\n".utf8), writer)
    }

    private struct Answer {
        let status: Int
        let type: String
        let body: [UInt8]
    }

    private func answer(to body: [UInt8]) async -> Answer {
        let answer: WitnessAnswer
        do {
            let request = try CosigningRequest(bytes: body)
            if let log = logs[Array(request.checkpoint.origin.utf8)] {
                answer = try await log.answer(request, at: WallClock.seconds())
            } else {
                answer = .unknownLog
            }
        } catch let error as TraceLogError where error.code != .signatureFailed {
            answer = .malformed(error.reason)
        } catch {
            let error = (error as? CommandError)
            // The text goes to the operator; a client learns only that this witness cannot cosign now.
            if let error { Diagnostics(command: WitnessServeCommand.name).report(error) }
            return Answer(status: 503, type: "text/plain", body: Array("this witness cannot cosign now\n".utf8))
        }
        return Answer(status: answer.status, type: answer.type, body: answer.body)
    }

    /// Reads a body; nil when it is too long or arrives too slowly.
    private static func body(of request: Request) async throws -> [UInt8]? {
        let end = ContinuousClock.now + .seconds(bodySeconds)
        if let text = request.headers[.contentLength], Int(text) ?? .max > CosigningRequest.byteCountMax { return nil }
        var bytes: [UInt8] = []
        for try await buffer in request.body {
            guard bytes.count + buffer.readableBytes <= CosigningRequest.byteCountMax, ContinuousClock.now < end else {
                return nil
            }
            bytes.append(contentsOf: buffer.readableBytesView)
        }
        return bytes
    }

    private static func send(
        _ status: Int, _ type: String, _ body: [UInt8], _ writer: consuming ResponseWriter
    ) async throws {
        let fields: HTTPFields = [
            .contentType: type, .contentLength: String(body.count), .cacheControl: "no-store",
            .xContentTypeOptions: "nosniff",
        ]
        try await writer.write(
            response: HTTPResponse(status: .init(code: status), headerFields: fields),
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }
}
