/// The one page of the wallet, the same for everybody: it is kept on the phone, and its script makes everything in it.
struct WalletPage: Sendable {
    let assets: Assets
    /// The shell's version; the script compares it with that of a newer shell.
    let version: String

    /// The page as UTF-8; nil where the program has no wallet's module.
    var bytes: [UInt8]? {
        guard let module = assets.file(named: Assets.walletModuleName), let script = link(Assets.walletEntryName),
            let style = link(Assets.styleName), let walletStyle = link(Assets.walletStyleName)
        else { return nil }
        var head: [HTML] = [
            .of(.meta, [.charset]),
            .of(.meta, [.name("viewport"), .content("width=device-width, initial-scale=1, viewport-fit=cover")]),
            .of(.meta, [.name("color-scheme"), .content("light dark")]),
            .of(.meta, [.name("theme-color"), .content(WalletShell.themeColor)]),
            .of(.title, [], .text(WalletShell.name)),
            .of(.link, [.rel("stylesheet"), .href(style), .crossOrigin]),
            .of(.link, [.rel("stylesheet"), .href(walletStyle), .crossOrigin]),
            .of(.link, [.rel("manifest"), .href(.path(WalletShell.manifestPath))]),
        ]
        if let icon = link(WalletShell.iconNames[0]) {
            head.append(.of(.link, [.rel("icon"), .type("image/png"), .href(icon)]))
            head.append(.of(.link, [.rel("apple-touch-icon"), .href(icon)]))
        }
        head.append(.of(.script, [.type("module"), .src(script), .crossOrigin]))
        let data: [HTMLAttribute] = [
            .class("usual wallet"), .data("version", version), .data("module", "/\(Assets.folder)/\(module.path)"),
            // All scripts at once: otherwise a browser finds them one after the other.
            .data("scripts", WalletShell.scriptNames(in: assets).compactMap { link($0)?.text }.joined(separator: " ")),
        ]
        let waiting = HTML.of(
            .p, [.id("waiting")], .of(.span, [], "随申码钱包正在打开……"), " ",
            .of(.span, [.lang("en")], "The wallet is opening…"))
        let without = HTML.of(
            .noscript, [],
            .of(.p, [], "钱包需要 JavaScript：请在浏览器设置中允许，再重新打开。"),
            .of(.p, [.lang("en")], "The wallet needs JavaScript: allow it in the browser's settings, then reload."))
        let body = HTML.element(
            .body, data, [.of(.main, [.id(PageFrame.mainIdentifier), .focusable], waiting, without)])
        var bytes = Array("<!doctype html>\n".utf8)
        HTML.of(.html, [.lang(PageLanguage.chinese.rawValue)], .element(.head, [], head), body).append(to: &bytes)
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    private func link(_ name: String) -> LinkAddress? {
        assets.file(named: name).map { .path([Assets.folder, $0.path]) }
    }
}
