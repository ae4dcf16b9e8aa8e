import Credential
import Encoding

extension StatusListReference {
    init(_ fields: DocumentFields) throws(BundleError) {
        guard let form = Form(rawValue: try fields.integer("form")) else { throw fields.invalidMember("form") }
        let day: UInt64? = if fields["day"] == .null { nil } else { try fields.unsigned("day") }
        let shard = fields["shard"] == nil ? 0 : try fields.unsigned("shard")
        self.init(issuer: try fields.text("iss"), form: form, day: day, shard: shard)
    }
}
