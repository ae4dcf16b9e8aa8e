import Encoding
import QRDrawing
import QRProofreading
import QRStandard

/// A text's QR symbol, and the results of reading it back.
struct DrawnPicture {
    let symbol: QRSymbol
    /// The readings that returned the text; nil when no picture was made.
    let reads: [SelfRead]?

    /// Adds the symbol to a result, after the message's byte count.
    func described(in code: JSONValue) -> JSONValue {
        var members: [JSONObject.Member] = []
        for member in code.object?.members ?? [] {
            members.append(member)
            if member.key == "bytes" { members += self.members }
        }
        return .object(JSONObject(members))
    }

    private var members: [JSONObject.Member] {
        let views = reads?.map { read -> JSONValue in
            ["modulePixels": .integer(Int64(read.modulePixels)), "tiltDegrees": .integer(Int64(read.tiltDegrees))]
        }
        return [
            .init(key: "qrVersion", value: .integer(Int64(symbol.version))),
            .init(key: "level", value: .string(symbol.level.rawValue)),
            .init(key: "mask", value: .integer(Int64(symbol.mask))),
        ] + (views.map { [.init(key: "reads", value: .array($0))] } ?? [])
    }
}
