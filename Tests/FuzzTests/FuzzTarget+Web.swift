import Encoding
import GateRunning
import PublicWeb
import TraceLog

/// What the public pages read from strangers: targets, weights, ranges, forms.
extension FuzzTarget {
    /// The first line as a target, the second as `Accept`, the third as `Range`; the whole as a form and as a proof.
    static func runWeb(_ bytes: [UInt8]) {
        let lines = bytes.split(separator: 0x0A, maxSplits: 3, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        if let target = RequestTarget(lines[0]) {
            // The parts and the slashes before them are the whole path.
            let path = lines[0].prefix { $0 != "?" }
            precondition("/" + target.parts.joined(separator: "/") == path)
            precondition(target.query.count <= RequestTarget.parameterCountMax)
        }
        if lines.count > 1 {
            let list = QualityList(lines[1])
            precondition(list.items.allSatisfy { (0...1000).contains($0.weight) && !$0.value.isEmpty })
            _ = Representation.chosen(linkType: nil, accept: lines[1])
            _ = PageLanguage.preferred(chosen: nil, accept: lines[1])
        }
        if lines.count > 2, case .part(let part) = ByteRange(lines[2], byteCount: 1000) {
            precondition(!part.isEmpty && part.lowerBound >= 0 && part.upperBound <= 1000)
        }
        if let report = try? FaultReport(form: bytes) {
            precondition(report.text.count <= FaultReport.characterCountMax)
        }
        if let proof = try? TransparencyProof(bytes: bytes) {
            precondition((try? TransparencyProof(bytes: proof.bytes)) == proof)
        }
    }

    /// The body of each request of the kiosk's page.
    static func runKiosk(_ bytes: [UInt8]) {
        for operation in KioskOperation.allCases {
            switch try? KioskOrder(operation, bytes) {
            case .view(let observation, let film):
                precondition(observation.codes.count <= KioskOrder.codeCountMax && !film.isEmpty)
                precondition(observation.unread.count <= KioskOrder.codeCountMax)
            case .photo(let codes, let unreadCount):
                precondition(max(codes.count, unreadCount) <= KioskOrder.codeCountMax)
                precondition(codes.count == Set(codes).count && !codes.contains([]))
            case .scan, nil: break
            }
        }
    }
}
