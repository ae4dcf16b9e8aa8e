import Encoding
import QRDrawing
import QRProofreading
import QRStandard

/// The symbol that a text became, and what of it was read back.
struct DrawnPicture {
    let symbol: QRSymbol
    /// The looks that gave the text back; nil where no picture was made.
    let reads: [SelfRead]?

    /// Adds the symbol to a result, behind the count of the message's bytes.
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
