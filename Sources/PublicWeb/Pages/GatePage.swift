/// A page that reads codes; its script makes everything in it.
struct GatePage: Sendable {
    enum Kind {
        /// The public page: it says whether a code is genuine, and never whose it is.
        case gate
        /// The full-screen page of a gate's own machine.
        case kiosk

        var scriptName: String {
            switch self {
            case .gate: "gate.js"
            case .kiosk: "kiosk.js"
            }
        }
    }

    private static let styleName = "gate.css"

    let kind: Kind
    let assets: Assets
    let language: PageLanguage

    /// The page as UTF-8; nil where the program lacks a module that it needs.
    ///
    /// A kiosk needs none: without the scanner's module it takes a hand scanner's texts alone.
    var bytes: [UInt8]? {
        guard let script = link(kind.scriptName), let style = link(Assets.styleName),
            let ownStyle = link(Self.styleName)
        else { return nil }
        var data: [HTMLAttribute] = [.class(kind == .kiosk ? "usual kiosk" : "usual")]
        if let scanner = link(Assets.scannerModuleName), let worker = link(Assets.scannerWorkerName) {
            data += [.data("scanner", scanner.text), .data("worker", worker.text)]
        } else if kind == .gate {
            return nil
        }
        if kind == .gate {
            guard let module = link(Assets.moduleName) else { return nil }
            data.append(.data("module", module.text))
        }
        let head = HTML.of(
            .head, [],
            .of(.meta, [.charset]),
            .of(.meta, [.name("viewport"), .content("width=device-width, initial-scale=1")]),
            .of(.meta, [.name("color-scheme"), .content("light dark")]),
            .of(.title, [], .text(language == .chinese ? "验码 · 随申码" : "Check a code · Suishen Code")),
            .of(.link, [.rel("stylesheet"), .href(style), .crossOrigin]),
            .of(.link, [.rel("stylesheet"), .href(ownStyle), .crossOrigin]),
            .of(.script, [.type("module"), .src(script), .crossOrigin]))
        let without = HTML.of(
            .noscript, [],
            .of(.p, [.lang("zh-CN")], "验码需要 JavaScript：请在浏览器设置中允许，再重新打开。"),
            .of(.p, [.lang("en")], "Checking needs JavaScript: allow it in the browser's settings, then reload."))
        let body = HTML.element(
            .body, data, [.of(.main, [.id(PageFrame.mainIdentifier), .focusable], without)])
        var bytes = Array("<!doctype html>\n".utf8)
        HTML.of(.html, [.lang(language.rawValue)], head, body).append(to: &bytes)
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    private func link(_ name: String) -> LinkAddress? {
        assets.file(named: name).map { .path([Assets.folder, $0.path]) }
    }
}
