import Credential

extension RequestFields {
    /// A location, read from three members; nil when all three are absent.
    func optionalLocation() throws(OperationError) -> Location? {
        let latitude = try optionalDegrees("latitude")
        let longitude = try optionalDegrees("longitude")
        let name = try optionalString("reference")
        if latitude == nil, longitude == nil, name == nil { return nil }
        guard let latitude, let longitude, (-90...90).contains(latitude), (-180...180).contains(longitude),
            let reference = name.map(Location.Reference.init(name:)) ?? .cgcs2000,
            let location = Location(
                latitudeMicrodegrees: Int64((latitude * 1e6).rounded()),
                longitudeMicrodegrees: Int64((longitude * 1e6).rounded()), reference: reference)
        else {
            throw OperationError(
                code: .locationInvalid, reason: "the location is incomplete or out of range",
                hint: "give latitude (-90 to 90) and longitude (-180 to 180) in degrees; reference is cgcs2000 or gcj02"
            )
        }
        return location
    }
}
