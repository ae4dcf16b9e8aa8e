import Credential

/// Rows that a change is going to read.
///
/// A store on another machine asks for the rows of many changes at once. A change may also read what is not foreseen
/// here, and need not read what is.
package struct ForeseenReads: Sendable {
    /// Keys of answers that may be kept, as ``RegistrySnapshot/keptAnswer(toKeys:)`` takes them.
    package var answerKeys: [String] = []
    /// Keys of requests to the trace log, as ``LogSnapshot/keptRequest(_:)`` takes them.
    package var requestKeys: [String] = []
    package var residentDigests: [[UInt8]] = []
    package var persons: [[UInt8]] = []
    package var enterprises: [String] = []
    package var objects: [[UInt8]] = []
    /// Objects whose newest entry in the trace log is read.
    package var heads: [[UInt8]] = []

    package init() {}

    /// A subject's row.
    package init(_ subject: SubjectIdentifier) {
        switch subject {
        case .person(let key): persons = [key]
        case .enterprise(let uscc): enterprises = [uscc.text]
        case .object(let key): objects = [key]
        }
    }

    package mutating func add(_ other: ForeseenReads) {
        answerKeys += other.answerKeys
        requestKeys += other.requestKeys
        residentDigests += other.residentDigests
        persons += other.persons
        enterprises += other.enterprises
        objects += other.objects
        heads += other.heads
    }
}
