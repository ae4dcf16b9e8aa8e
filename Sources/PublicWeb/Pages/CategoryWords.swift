import Credential

/// The categories of objects and places in plain words.
enum CategoryWords {
    /// The words of a category; nil for a number that the project's table lacks.
    static func text(_ number: UInt64, _ language: PageLanguage) -> String? {
        guard let category = ObjectCategory(number: number) else { return nil }
        guard language == .chinese else {
            let words = category.name.replacing("-", with: " ")
            return words.prefix(1).uppercased() + words.dropFirst()
        }
        return chinese[category.name] ?? category.name
    }

    /// By the table's names; a test holds it to the table.
    static let chinese = [
        "park": "公园", "library": "图书馆", "hospital": "医院", "metro-station": "地铁站", "venue": "场馆", "shop": "商店",
        "restaurant": "餐饮店", "school": "学校", "office-building": "办公楼", "residential-compound": "居民小区",
        "market": "集贸市场", "service-hall": "政务服务大厅", "museum": "博物馆", "hotel": "酒店", "construction-site": "建筑工地",
        "railway-station": "火车站", "airport": "机场", "parking-lot": "停车场", "warehouse": "仓库", "clinic": "诊所",
        "elevator": "电梯", "fire-equipment": "消防设备", "gas-cylinder": "气瓶", "bridge": "桥梁", "boiler": "锅炉",
        "pressure-vessel": "压力容器", "crane": "起重机", "street-light": "路灯", "manhole-cover": "井盖",
        "medical-device": "医疗器械", "water-tank": "水箱", "charging-station": "充电桩", "amusement-ride": "游乐设施",
        "vehicle": "车辆", "bus": "公交车", "taxi": "出租车", "truck": "货车", "ship": "船舶", "bicycle": "自行车",
        "parcel": "包裹", "food-batch": "食品批次", "medicine-batch": "药品批次", "hazardous-goods": "危险品",
        "document": "文件",
    ]
}
