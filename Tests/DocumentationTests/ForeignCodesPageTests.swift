import Gate
import Testing

@testable import ForeignCodes

@Suite("The pages of others' codes")
struct ForeignCodesPageTests {
    @Test("have the stages of each profile, in their order")
    func stages() throws {
        let rows = try Page("ForeignCodes.docc/HealthAndIdentity.md").table("Stages")
        #expect(rows.map { $0["stage"] } == ForeignStage.allCases.map(\.rawValue))
        for profile in ForeignProfile.allCases {
            let run = rows.filter { $0[profile.rawValue] == "yes" }.map { $0["stage"] }
            #expect(run == profile.stages.map(\.rawValue))
        }
    }

    @Test("have fields that add up to a transit code's bytes")
    func transitLayout() throws {
        let rows = try Page("ForeignCodes.docc/TransitCodes.md").table("Layout")
        let fixed = rows.compactMap { $0["bytes"].flatMap { Int($0) } }
        #expect(fixed.reduce(0, +) == TransitLayout.byteCountMin && fixed.count == rows.count - 1)
        #expect(rows.first { $0["field"] == "custom data" }?["bytes"] == "0 to \(TransitLayout.customDataByteCountMax)")
        #expect(
            rows.first { $0["field"] == "issuer certificate" }?["bytes"] == "\(TransitLayout.certificateByteCount)")
    }

    @Test("have every uncertain point with every value that it may have")
    func uncertainPoints() throws {
        let page = try Page("ForeignCodes.docc/TransitCodes.md")
        #expect(try page.firstCells("Uncertain points") == ["customData", "epoch", "length"])
        let named = try page.names("Uncertain points")
        let values =
            TransitLayout.CustomDataPlace.allCases.map(\.rawValue) + TransitLayout.Epoch.allCases.map(\.rawValue)
            + TransitLayout.LengthMeaning.allCases.map(\.rawValue)
        #expect(named.isSuperset(of: values))
    }

    @Test("name no refusal that a verdict does not have")
    func refusals() throws {
        for row in try Page("ForeignCodes.docc/TransitCodes.md").table("Checks") {
            let code = try #require(row["code"].flatMap(RefusalCode.init(rawValue:)), "\(row)")
            #expect(code.outcome == .reject)
            #expect(row["terminal number"].flatMap { Int($0) }.map { $0 == -1 || (-106...(-101)).contains($0) } == true)
        }
    }
}
