extension Words {
    static let chinese = Words(
        frame: Frame(
            service: "随申码", skip: "跳到正文", languages: "语言", sizes: "字号", usualSize: "标准版", largeSize: "长辈版"),
        verdicts: Verdicts(
            genuine: Notice(title: "真码，有效", detail: "此码由签发机构签发，没有被撤销。"),
            revoked: Notice(title: "此码已撤销", detail: "此码确由签发机构签发，但已被撤销，请勿再信任贴有此码的物品或场所。"),
            statusUnknown: Notice(title: "真码，但是否撤销不明", detail: "签名正确，但目前查不到最新的撤销名单，请稍后再试。"),
            over: Notice(title: "此码已过期", detail: "此码确由签发机构签发，但有效期已过。"),
            notBegun: Notice(title: "此码尚未生效", detail: "此码的签发时间晚于现在，请核对手机或服务器的时间。"),
            malformed: Notice(title: "不是有效的码", detail: "网址不完整，或者被改动过。请重新扫描；如果仍是这样，请勿相信此码。"),
            forged: Notice(title: "签名不对，可能是假码", detail: "此码声称的签发机构没有签发过这样的码。请勿相信，并告知管理单位。"),
            unknownIssuer: Notice(title: "签发机构未知", detail: "此码的签发机构不在信任名单里，本服务无法判断真假。"),
            keyEnded: Notice(title: "签发密钥已失效", detail: "签发此码的密钥已到期或已作废，不能再作为凭据。"),
            wrongUse: Notice(title: "码与密钥用途不符", detail: "签发此码的密钥不允许签发这一类码，请勿相信此码。"),
            undecided: Notice(title: "现在无法核验", detail: "本服务暂时读不到最新的信任名单，因此不作判断。请稍后再试。"),
            objectUnknown: Notice(title: "真码，但没有登记记录", detail: "签名正确，但本服务没有这一物品或场所的登记。"),
            registered: Notice(title: "已登记的企业", detail: "这是登记信息，不是对某一张码的核验。"),
            notRegistered: Notice(title: "没有这一企业的登记", detail: "本服务没有这一统一社会信用代码的登记。"),
            asOf: "撤销名单截至"),
        facts: Facts(
            object: "物品", place: "场所", enterprise: "企业", category: "类别", name: "名称", manager: "管理单位",
            position: "位置", openMap: "在手机地图中打开", issuer: "签发机构", issued: "签发时间", validUntil: "有效期至",
            identifier: "编号", uscc: "统一社会信用代码", unknownCategory: "其他", inspections: "检查记录",
            inspectionsNote: "检查记录按物品和场所公开，请扫描其上的码查看。", notNamed: "未登记名称",
            datum: { $0 ? "GCJ-02 坐标，有偏移" : "CGCS2000 坐标" }),
        timeline: Timeline(
            heading: "历史记录", empty: "还没有任何记录。", unavailable: "现在读不到记录，请稍后再看。签名和撤销状态不受影响。",
            cut: "记录太多，这里没有全部列出；完整记录在公开日志里。", recordedBy: "记录单位", service: "本服务", place: "地点",
            state: "状况", document: "单据", corrects: "更正了较早的一条记录", proved: "已写入公开日志", pending: "尚未公布到日志，稍后可核验",
            proof: "下载证明", keyChange: "更换密钥", heads: "日志汇总",
            newer: "较新的记录", older: "较早的记录", personal: { "\($0) 项个人信息不公开" }, erased: { "其中 \($0) 项已删除" },
            erasure: { "删除了第 \($0) 条记录中的个人信息" }, page: { "第 \($0) 页，共 \($1) 页" }, total: { "共 \($0) 条，最新的在前" }),
        proving: Proving(
            heading: "本页证明什么，不证明什么", unchecked: "以上由服务器核验，尚未在此浏览器中核验。",
            command: "自己核验整个日志的命令",
            commandNote: "KEY 是日志公钥，请从签发机构另行获取，不要从本页获取。首次核验只记下日志，结果为未定；随后第二条命令给出结论。",
            downloads: "下载", json: "本码的数据（JSON）", epcis: "事件（EPCIS 2.0）", linkset: "全部链接（linkset）",
            signed: "签名原文（CWT）", checkpoint: "日志检查点",
            proves: ["码由信任名单中的机构签发，内容没有被改动。", "列为“已写入公开日志”的记录不能被悄悄修改或删除。"],
            provesNot: [
                "不证明眼前的物品就是当初贴码的物品：码可以被复印、被换贴。", "不证明记录的内容属实：那是记录单位的说法。",
                "本页不能证明自己：要不依赖本服务器，请用下面的命令核验。",
            ],
            provesOfEnterprise: ["码由信任名单中的机构签发，内容没有被改动。"],
            provesNotOfEnterprise: [
                "不证明出示或张贴此码的人属于这家企业：码可以被复印。", "本页不能证明自己：要不依赖本服务器，请用 verify 命令核验此码。",
            ], provesTitle: "证明", provesNotTitle: "不证明"),
        reporting: Reporting(
            link: "报告问题", heading: "报告问题", kind: "问题", text: "说明（可不填，最多 500 字）", send: "提交",
            privacy: "报告会转给管理单位。请不要填写姓名、电话等个人信息；本服务不记录您的地址。", sent: "已收到，谢谢。", back: "返回",
            kinds: [
                "damaged": "损坏", "unsafe": "有安全隐患", "misplaced": "码贴错了地方", "copied": "码像是复印或伪造的", "other": "其他",
            ], refused: Notice(title: "没有提交成功", detail: "请检查填写的内容，或稍后再试。")),
        failures: Failures(
            pathUnknown: Notice(title: "没有这个页面", detail: "请重新扫描码，或检查网址。"),
            unavailable: Notice(title: "服务暂时不可用", detail: "请稍后再试。"),
            badRequest: Notice(title: "无法处理这个请求", detail: "请重新扫描码，或检查网址。"),
            logDamaged: Notice(title: "公开日志有损坏", detail: "本服务读到的日志与检查点不符，无法给出证明。请告知签发机构。"),
            code: "错误代码：", checkInLink: "用钱包登记到访"))
}
