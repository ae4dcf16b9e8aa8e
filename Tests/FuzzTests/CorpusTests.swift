import Foundation
import TestSupport
import Testing

/// What fuzzing has found worth keeping, run again in every build, so that no target is left behind by what it calls.
@Suite("The parsers that take bytes from strangers")
struct CorpusTests {
    @Test("return from every input that fuzzing kept, and from each of them cut short", arguments: FuzzTarget.allCases)
    func corpus(_ target: FuzzTarget) throws {
        let folder = URL(filePath: "\(ProjectFiles.fixtures)/fuzz/\(target.rawValue)")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        #expect(!files.isEmpty)
        for file in files {
            let bytes = [UInt8](try Data(contentsOf: file))
            target.run(bytes)
            target.run(Array(bytes.dropLast(1 + bytes.count / 8)))
        }
    }
}
