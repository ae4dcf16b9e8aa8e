/// The category of an object or a place: a number in codes and a name for people, from the project's table.
package struct ObjectCategory: Sendable, Hashable {
    package let number: UInt64
    /// Lower case, words joined by hyphens.
    package let name: String

    /// Places from 1, devices and facilities from 100, vehicles from 200, goods from 300; numbers are never reused.
    package static let table: [ObjectCategory] = [
        (1, "park"), (2, "library"), (3, "hospital"), (4, "metro-station"), (5, "venue"), (6, "shop"),
        (7, "restaurant"), (8, "school"), (9, "office-building"), (10, "residential-compound"), (11, "market"),
        (12, "service-hall"), (13, "museum"), (14, "hotel"), (15, "construction-site"), (16, "railway-station"),
        (17, "airport"), (18, "parking-lot"), (19, "warehouse"), (20, "clinic"),
        (100, "elevator"), (101, "fire-equipment"), (102, "gas-cylinder"), (103, "bridge"), (104, "boiler"),
        (105, "pressure-vessel"), (106, "crane"), (107, "street-light"), (108, "manhole-cover"),
        (109, "medical-device"), (110, "water-tank"), (111, "charging-station"), (112, "amusement-ride"),
        (200, "vehicle"), (201, "bus"), (202, "taxi"), (203, "truck"), (204, "ship"), (205, "bicycle"),
        (300, "parcel"), (301, "food-batch"), (302, "medicine-batch"), (303, "hazardous-goods"), (304, "document"),
    ].map { ObjectCategory(number: $0.0, name: $0.1) }

    private init(number: UInt64, name: String) {
        self.number = number
        self.name = name
    }

    /// The entry of a number, or nil.
    package init?(number: UInt64) {
        guard let entry = Self.table.first(where: { $0.number == number }) else { return nil }
        self = entry
    }

    /// The entry of a name, or of a number as a text; nil where the table has neither.
    package init?(_ nameOrNumber: String) {
        let number = UInt64(nameOrNumber)
        guard let entry = Self.table.first(where: { $0.name == nameOrNumber || $0.number == number }) else {
            return nil
        }
        self = entry
    }
}
