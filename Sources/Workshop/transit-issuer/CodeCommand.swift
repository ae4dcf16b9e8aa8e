import QRStandard
import ArgumentParser
import CommandSupport
import Encoding
import ForeignCodes
import Gate
import Glibc
import Platform
import QRDrawing
import Signing

/// Makes one code as a holder's phone shows it.
struct CodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "code", abstract: "Make a transit code for a card, with its own certificate and phone.")

    private static let dayCount: UInt64 = 30
    private static let issuerByteCount = 4

    @Argument(help: "The folder made by init.")
    var network: String

    @Option(help: "The card account, 10 bytes in hex; its holder registers with these digits and 0000.")
    var account: String

    @Option(help: "The phone's SM2 key; a new one by default.")
    var phone: String?

    @Option(help: "The code's lifetime in seconds.")
    var life: UInt16 = 30

    @Option(help: "The highest fare of a ride, in hundredths of a yuan.")
    var highestFare: UInt32 = 1500

    @Option(help: "Custom data, at most 32 bytes in hex.")
    var custom = ""

    @Option(help: "Unix time in seconds, in place of the clock.")
    var at: UInt64?

    @Option(help: "Write the QR code as a PNG.")
    var png: String?

    @Option(help: "Draw this text's QR code beside it in the PNG: two codes in one picture.")
    var beside: String?

    func run() throws {
        try CommandError.wrapping {
            let description = try InputFile.read("\(network)/network.json", byteCountMax: TransitNetwork.byteCountMax)
            let code = try make(TransitNetwork(json: description))
            if let png {
                let symbols = try [QRSymbol.encode(bytes: code)] + (beside.map { [try QRSymbol.encode($0)] } ?? [])
                try OutputFile.write(QRSymbol.png(symbols), to: png)
            }
            let identifier = VerifiedTransitCode.transitIdentifier(cardAccount: try bytes(account, count: 10...10))
            let result: JSONValue = [
                "text": .string("hex:" + Hex.encode(code)), "bytes": .integer(Int64(code.count)),
                "transit": .string(Hex.encode(identifier)),
            ]
            StandardStream.output.write(result.encoded() + "\n")
        }
    }

    private func make(_ network: TransitNetwork) throws -> [UInt8] {
        let maker = TransitCodeMaker(layout: network.layout)
        let now = at ?? WallClock.seconds()
        let issuer = try SigningKey(contentsOf: "\(self.network)/issuer.pem")
        var card = TransitCodeMaker.Card(authorisedUntil: now + Self.dayCount * TransitLayout.secondsPerDay)
        card.cardAccount = try bytes(account, count: 10...10)
        card.issuer = Array(issuer.verificationKey.keyIdentifier.prefix(Self.issuerByteCount))
        card.lifeSeconds = UInt64(life)
        card.highestFare = UInt64(min(highestFare, 0xFF_FFFF))
        card.customData = try bytes(custom, count: 0...TransitLayout.customDataByteCountMax)
        let certificate = try maker.certificate(
            issuer: card.issuer, key: issuer.verificationKey,
            expiresAt: now + Self.dayCount * TransitLayout.secondsPerDay,
            authority: SigningKey(contentsOf: "\(self.network)/authority.pem"),
            caIndex: network.authorities.keys.min() ?? 0)
        let phoneKey = try phone.map { try SigningKey(contentsOf: $0) } ?? SigningKey.generate(.sm2)
        return try maker.code(card, certificate: certificate, issuer: issuer, user: phoneKey, generatedAt: now)
    }

    private func bytes(_ text: String, count: ClosedRange<Int>) throws(CommandError) -> [UInt8] {
        guard let bytes = try? Hex.decode(text), count.contains(bytes.count) else {
            throw CommandError(
                code: "hex_malformed", reason: "\(text.prefix(80)) is not \(count.upperBound) bytes in hex",
                hint: "give pairs of hexadecimal digits")
        }
        return bytes
    }
}
