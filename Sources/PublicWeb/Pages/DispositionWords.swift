import TraceLog

/// The dispositions in plain words.
enum DispositionWords {
    static func text(_ disposition: Disposition, _ language: PageLanguage) -> String {
        let words = words(disposition)
        return language == .chinese ? words.chinese : words.english
    }

    private static func words(_ disposition: Disposition) -> (chinese: String, english: String) {
        switch disposition {
        case .active: ("在用", "in use")
        case .available: ("可用", "available")
        case .completenessInferred: ("推定完整", "presumed complete")
        case .completenessVerified: ("已核实完整", "checked complete")
        case .conformant: ("合格", "conforms")
        case .containerClosed: ("已封闭", "closed")
        case .containerOpen: ("已打开", "open")
        case .damaged: ("损坏", "damaged")
        case .destroyed: ("已销毁", "destroyed")
        case .dispensed: ("已发放", "dispensed")
        case .disposed: ("已处置", "disposed of")
        case .encoded: ("已赋码", "code assigned")
        case .expired: ("已过期", "expired")
        case .inProgress: ("进行中", "in progress")
        case .inTransit: ("运输中", "in transit")
        case .inactive: ("停用", "out of use")
        case .mismatchClass: ("品类不符", "wrong kind")
        case .mismatchInstance: ("物品不符", "wrong item")
        case .mismatchQuantity: ("数量不符", "wrong quantity")
        case .needsReplacement: ("需要更换", "needs replacement")
        case .noPedigreeMatch: ("来历不符", "origin does not match")
        case .nonConformant: ("不合格", "does not conform")
        case .nonSellableOther: ("不可销售", "not for sale")
        case .partiallyDispensed: ("部分发放", "partly dispensed")
        case .recalled: ("已召回", "recalled")
        case .reserved: ("已预留", "reserved")
        case .retailSold: ("已售出", "sold")
        case .returned: ("已退回", "returned")
        case .sellableAccessible: ("在售", "for sale, on display")
        case .sellableNotAccessible: ("在售，未上架", "for sale, in storage")
        case .stolen: ("被盗", "stolen")
        case .unavailable: ("不可用", "not available")
        case .unknown: ("不明", "unknown")
        }
    }
}
