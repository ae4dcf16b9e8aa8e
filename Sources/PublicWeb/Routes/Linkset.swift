import Credential
import Encoding
import Gate
import TraceLog

/// Where the other forms of a code are (RFC 9264 §4.2); no conformance with GS1 Digital Link is claimed.
struct Linkset: Sendable {
    let code: CheckedCode
    let host: String

    var json: JSONValue {
        var members: JSONObject = [
            "anchor": .string("https://\(host)\(code.path.text())"),
            "alternate": [
                target(code.path.text() + "?linkType=html", Representation.html.mediaType),
                target(code.path.text() + "?linkType=json", Representation.json.mediaType),
                target(code.path.text() + "?linkType=cwt", Representation.cwt.mediaType),
            ],
        ]
        if code.credential.claims.object != nil {
            members["\(EPCISIdentifier.namespace)events"] = [
                target(code.path.text("events"), "application/json"),
                target(code.path.text("events") + "?linkType=epcis", EventRoutes.epcisType),
            ]
            members["\(EPCISIdentifier.namespace)checkpoint"] = [target("/log/checkpoint", "text/plain")]
        }
        if let list = code.credential.claims.statusList, let index = code.credential.claims.statusIndices.first {
            members["\(EPCISIdentifier.namespace)status"] = [
                target("/status/\(list.shard(of: index).name)", StatusListToken.contentType)
            ]
        }
        return ["linkset": [.object(members)]]
    }

    private func target(_ path: String, _ type: String) -> JSONValue {
        ["href": .string("https://\(host)\(path)"), "type": .string(type)]
    }

    /// The header field that announces it (RFC 9264 §5).
    static func header(for path: CodePath) -> String {
        "<\(path.text())?linkType=linkset>; rel=\"linkset\"; type=\"\(Representation.linkset.mediaType)\""
    }
}
