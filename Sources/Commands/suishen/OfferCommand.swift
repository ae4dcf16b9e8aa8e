import ArgumentParser
import CommandSupport
import Encoding
import Issuing

/// Offers a person's codes to a phone.
struct OfferCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "offer", abstract: "Let a phone receive a person's codes once, within ten minutes.",
        discussion: """
            Show the link as a QR code or send it, and give the PIN apart from it. The loss code is for the holder to \
            keep off the phone: typed on any other phone, it revokes the codes of this one. With --for, the codes are \
            the ward's, and the subject is the guardian who carries them.
            """)

    @Argument(help: "The subject on whose phone the codes are to be.")
    var subject: String

    @Option(name: .customLong("for"), help: "The ward whose codes they are.")
    var ward: String?

    @Option(help: "The uses of a ward's codes, as bits; all by default.")
    var scope: UInt64?

    @Option(help: "The days of codes that the phone holds at a time, 1 to 31; 7 by default.")
    var days: UInt64?

    @Flag(help: "Ask for no PIN: anybody with the link can receive the codes.")
    var noPin = false

    @OptionGroup var inquiry: InquiryOptions

    func run() async throws {
        var order: JSONObject = ["subject": .string(subject)]
        order["ward"] = ward.map { .string($0) }
        order["scope"] = scope.map { .integer(Int64(clamping: $0)) }
        order["days"] = days.map { .integer(Int64(clamping: $0)) }
        order["isWithoutPIN"] = noPin ? true : nil
        try await inquiry.run(.makeOffer, order)
    }
}
