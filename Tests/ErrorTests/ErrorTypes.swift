import QREncoding
import Compression
import Credential
import Encoding
import ForeignCodes
import Gate
import HTTPServing
import Issuing
import Platform
import PublicWeb
import QRDrawing
import QRReading
import Signing
import Storage
import Testing
import TraceLog

/// One code of one error type.
struct KnownCode: Sendable, CustomTestStringConvertible {
    let type: String
    let text: String
    let errorClass: ErrorClass

    var testDescription: String { "\(type).\(text)" }
}

/// Every error type that has codes of its own, and all their codes.
enum ErrorTypes {
    static let names = Set(codes.map(\.type))

    static let codes: [KnownCode] =
        of(AuditSourceError.self) + of(BundleError.self) + of(CBORError.self) + of(CredentialError.self)
        + of(ForeignTrustError.self) + of(HealthValueSetsError.self) + of(HTTPExchangeError.self)
        + of(IdentifierError.self) + of(ImageError.self)
        + of(InflateError.self) + of(JSONError.self) + of(LogError.self) + of(MedicalLinkError.self)
        + of(QRError.self) + of(ReceiptError.self) + of(ServingError.self) + of(SigningError.self)
        + of(SpoolError.self) + of(StorageError.self) + of(SyncError.self)
        + of(TextDecodingError.self) + of(TraceLogError.self) + of(TransitRefusal.self)
        + of(WebError.self)
        + codes(OperationError.Code.self, of: OperationError.self)

    private static func of<Failure: CodedError>(_ type: Failure.Type) -> [KnownCode]
    where Failure.StableCode: ErrorCode {
        codes(Failure.StableCode.self, of: type)
    }

    private static func codes<Code: ErrorCode>(_ codes: Code.Type, of type: any CodedError.Type) -> [KnownCode] {
        Code.allCases.map { KnownCode(type: "\(type)", text: $0.rawValue, errorClass: $0.errorClass) }
    }
}
