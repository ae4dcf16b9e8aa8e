/// The kiosk's one page.
struct KioskPage: Sendable {
    let assets: Assets
    let language: PageLanguage

    /// The page as UTF-8.
    var bytes: [UInt8] {
        let isChinese = language == .chinese
        var head: [HTML] = [
            .of(.meta, [.charset]),
            .of(.meta, [.name("viewport"), .content("width=device-width, initial-scale=1")]),
            .of(.title, [], .text(isChinese ? "随申码闸机" : "Suishen gate")),
        ]
        if let style = assets.file(named: Assets.styleName) {
            head.append(.of(.link, [.rel("stylesheet"), .href(.path([Assets.folder, style.path])), .crossOrigin]))
        }
        let text =
            isChinese
            ? "这台闸机已就绪。" : "This gate is ready."
        let body = HTML.of(
            .body, [.class("usual")],
            .of(.main, [.id(PageFrame.mainIdentifier), .focusable], .of(.h1, [], .text(text))))
        var bytes = Array("<!doctype html>\n".utf8)
        HTML.of(.html, [.lang(language.rawValue)], .element(.head, [], head), body).append(to: &bytes)
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }
}
