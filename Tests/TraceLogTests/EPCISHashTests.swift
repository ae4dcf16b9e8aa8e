import Encoding
import TestSupport
import Testing
import TraceLog

@Suite("An EPCIS event hash")
struct EPCISHashTests {
    private static let names = [
        "ReferenceEventHashAlgorithm", "ReferenceEventHashAlgorithm2", "epcisDocWithSensorDataObjectEvent",
        "epcisDocWithShippingAndTransportingEvent", "epcisDocWithSingleEvent", "epcisEventWithCURIEs",
    ]

    private static func lines(_ path: String) throws -> [String] {
        try ProjectFiles.bytes(path).split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test("agrees with others' canonical strings and hashes")
    func vectors() throws {
        let folder = ProjectFiles.shared + "/vectors/epcis"
        guard ProjectFiles.exists(folder) else {
            print("EPCIS hashes: skipped, \(folder) is not there")
            return
        }
        var count = 0
        for name in Self.names {
            let document = try JSONValue.parse(ProjectFiles.bytes("\(folder)/\(name).jsonld"), byteCountMax: 1 << 20)
            let hashes = try EventHash.all(in: document)
            #expect(hashes.map(\.preHash) == (try Self.lines("\(folder)/\(name).prehashes")), "\(name)")
            #expect(hashes.map(\.uri) == (try Self.lines("\(folder)/\(name).hashes")), "\(name)")
            count += hashes.count
        }
        print("EPCIS hashes: \(count) events in \(Self.names.count) documents")
        #expect(count == 7)
    }
}
