import Gate

/// The first lines of a code's page: an icon, a word, and what the word means.
struct Banner: Sendable {
    enum Tone: String, Sendable {
        case good, bad, open
    }

    let tone: Tone
    let notice: Words.Notice
    /// The time of the list of revoked codes.
    var note: HTML?
    /// Who has checked the code; the page's script replaces it.
    var checkedBy: HTML?

    /// The banner of a code that an issuer of the trust list signed.
    init(_ code: CheckedCode, _ words: Words) {
        checkedBy = .text(words.proving.unchecked)
        switch (code.status, code.life) {
        case (.revoked(let time), _):
            (tone, notice) = (.bad, words.verdicts.revoked)
            note = Self.asOf(time, words)
        case (_, .over): (tone, notice) = (.bad, words.verdicts.over)
        case (_, .notBegun): (tone, notice) = (.open, words.verdicts.notBegun)
        case (.unknown, .running): (tone, notice) = (.open, words.verdicts.statusUnknown)
        case (.live(let time), .running):
            (tone, notice) = (.good, words.verdicts.genuine)
            note = Self.asOf(time, words)
        }
    }

    init(_ tone: Tone, _ notice: Words.Notice) {
        (self.tone, self.notice) = (tone, notice)
    }

    private static func asOf(_ seconds: UInt64, _ words: Words) -> HTML {
        .many([.text(words.verdicts.asOf + " "), PageTime(seconds: seconds).html])
    }

    /// The banner, whose title is of the tag `title`.
    func html(title: HTMLTag = .strong) -> HTML {
        let icon =
            switch tone {
            case .good: Icons.good
            case .bad: Icons.bad
            case .open: Icons.open
            }
        var lines: [HTML] = [.of(title, [], .text(notice.title)), .of(.p, [], .text(notice.detail))]
        if let note { lines.append(.of(.p, [.class("quiet")], note)) }
        if let checkedBy { lines.append(.of(.p, [.id("checked-by")], checkedBy)) }
        return .of(
            .section, [.class("banner \(tone.rawValue)"), .id("verdict"), .data("tone", tone.rawValue)], icon,
            .element(.div, [], lines))
    }
}
