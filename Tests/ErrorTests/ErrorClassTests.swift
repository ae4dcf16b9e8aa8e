import CommandSupport
import Credential
import Issuing
import Platform
import Signing
import Storage
import TestSupport
import Testing

@Suite("An error's class")
struct ErrorClassTests {
    /// The HTTP status and the exit status of each class.
    private static let statuses: [(errorClass: ErrorClass, http: Int, exit: Int32)] = [
        (.requestMalformed, 400, 1), (.methodNotAllowed, 405, 1), (.requestTooLong, 413, 1), (.inputUnusable, 500, 1),
        (.notPermitted, 403, 1), (.notFound, 404, 1), (.conflict, 409, 1), (.later, 503, 75), (.malfunction, 500, 70),
        (.tooMany, 429, 75),
    ]

    @Test("decides the HTTP status and the exit status of every code", arguments: ErrorTypes.codes)
    func everyCode(code: KnownCode) throws {
        let row = try #require(Self.statuses.first { $0.errorClass == code.errorClass })
        #expect(code.errorClass.httpStatus == row.http)
        #expect(ExitStatus(code.errorClass).rawValue == row.exit)
        #expect(code.text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F })
    }

    @Test("is told by the HTTP status, so that a client knows whether to keep its request")
    func overHTTP() {
        #expect(Self.statuses.count == ErrorClass.allCases.count)
        for row in Self.statuses {
            #expect(ErrorClass(httpStatus: row.http) == row.errorClass.behindService)
        }
        for status in [502, 504] { #expect(ErrorClass(httpStatus: status) == .later) }
        for status in [100, 200, 302, 501, 507, 599, 999] { #expect(ErrorClass(httpStatus: status) == .malfunction) }
        for status in [401, 422, 451] { #expect(ErrorClass(httpStatus: status) == .requestMalformed) }
    }

    @Test("is never the caller's fault when the service's own file, key or stored value is at fault")
    func ownFault() {
        let faults: [any CodedError] = [
            StorageError(code: .registryCorrupt, reason: "", hint: ""),
            StorageError(code: .upgradeFailed, reason: "", hint: ""),
            StorageError(code: .fieldKeyInvalid, reason: "", hint: ""),
            SigningError(code: .keyUnreadable, reason: "", hint: ""),
            SigningError(code: .keyMalformed, reason: "", hint: ""),
            SigningError(code: .cryptoUnavailable, reason: "", hint: ""),
            CredentialError(code: .signingFailed, reason: "", hint: ""),
        ]
        for fault in faults {
            let error = OperationError(any: fault)
            #expect(error.code == fault.codeText && error.errorClass.httpStatus == 500, "\(error.code)")
        }
    }

    @Test("is a malfunction for an error that nobody knows, which says nothing about a disk")
    func unknown() {
        struct Unknown: Error {
            let secret = "4401"
        }
        let error = OperationError(any: Unknown())
        #expect(error.errorClass == .malfunction && error.code == "unexpected")
        #expect(error.errorClass.httpStatus == 500 && ExitStatus(error.errorClass).rawValue == 70)
        #expect(!(error.reason + error.hint).contains("disk") && !(error.reason + error.hint).contains("4401"))
    }

    @Test("belongs to every error type of the sources")
    func everyType() throws {
        var declared: Set<String> = []
        for path in try ProjectFiles.swiftFiles(under: "Sources") {
            let text = String(decoding: try ProjectFiles.bytes(path), as: UTF8.self)
            for line in text.split(separator: "\n") {
                let words = line.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
                guard let place = words.firstIndex(of: "struct"), words.count > place + 1,
                    words.contains("Error") || words.contains("CodedError"), words.first != "private",
                    !line.hasPrefix(" "), line.contains(": Error") || line.contains(": CodedError")
                else { continue }
                declared.insert(words[place + 1])
            }
        }
        // A command's error has the exit status itself; a refusal of a code is a verdict; a step's failure is an answer
        // of the module for browsers, which is in no target of the package; a witness's trouble is only told; a token's
        // URI that cannot be read is a key's error; a lease that is lost ends work and is no fault.
        let others: Set = [
            "CommandError", "ForeignFailure", "LeaseLost", "Refusal", "StepFailure", "TokenURIError", "WitnessTrouble",
        ]
        #expect(declared.subtracting(others) == ErrorTypes.names)
    }
}
