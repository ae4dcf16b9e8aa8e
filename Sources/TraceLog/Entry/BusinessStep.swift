/// The business steps of the Core Business Vocabulary (GS1 CBV 2.0 §7.1); no other term enters the log.
package enum BusinessStep: String, Sendable, CaseIterable {
    case accepting
    case arriving
    case assembling
    case collecting
    case commissioning
    case consigning
    case creatingClassInstance = "creating_class_instance"
    case cycleCounting = "cycle_counting"
    case decommissioning
    case departing
    case destroying
    case disassembling
    case dispensing
    case encoding
    case enteringExiting = "entering_exiting"
    case holding
    case inspecting
    case installing
    case killing
    case loading
    case other
    case packing
    case picking
    case receiving
    case removing
    case repackaging
    case repairing
    case replacing
    case reserving
    case retailSelling = "retail_selling"
    case sampling
    case sensorReporting = "sensor_reporting"
    case shipping
    case stagingOutbound = "staging_outbound"
    case stockTaking = "stock_taking"
    case stocking
    case storing
    case transporting
    case unloading
    case unpacking
    case voidShipping = "void_shipping"

    /// Finds a term by its name in the vocabulary.
    ///
    /// - Throws: `unknown_term`.
    package init(term: String) throws(TraceLogError) {
        guard let known = Self(rawValue: term) else {
            throw TraceLogError(
                code: .unknownTerm,
                reason: "the term is not a business step of the vocabulary",
                hint: "use one of GS1 CBV 2.0: \(Self.allCases.map { $0.rawValue }.joined(separator: ", "))")
        }
        self = known
    }
}
