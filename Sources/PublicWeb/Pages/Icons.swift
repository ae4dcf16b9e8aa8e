/// The drawings beside a verdict; words always say the same.
enum Icons {
    static let good = HTML.constant(
        ConstantMarkup(
            """
            <svg viewBox="0 0 24 24" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2.2" \
            stroke-linecap="round" stroke-linejoin="round"><path d="M12 2.5 20 5.5v6c0 5-3.4 8.4-8 10-4.6-1.6-8-5-8-10v-6Z"/>\
            <path d="m8.2 12 2.7 2.7 5-5.4"/></svg>
            """))
    static let bad = HTML.constant(
        ConstantMarkup(
            """
            <svg viewBox="0 0 24 24" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2.2" \
            stroke-linecap="round" stroke-linejoin="round"><path d="M8 2.5h8l5.5 5.5v8L16 21.5H8L2.5 16V8Z"/>\
            <path d="m8.5 8.5 7 7m0-7-7 7"/></svg>
            """))
    static let open = HTML.constant(
        ConstantMarkup(
            """
            <svg viewBox="0 0 24 24" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2.2" \
            stroke-linecap="round" stroke-linejoin="round"><path d="M12 3 22 20.5H2Z"/><path d="M12 9.5v5m0 3v.1"/></svg>
            """))
    static let proved = HTML.constant(
        ConstantMarkup(
            """
            <svg viewBox="0 0 16 16" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2" \
            stroke-linecap="round" stroke-linejoin="round"><path d="m2.5 8.5 3.5 3.5 7.5-8"/></svg>
            """))
    static let pending = HTML.constant(
        ConstantMarkup(
            """
            <svg viewBox="0 0 16 16" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2" \
            stroke-linecap="round" stroke-linejoin="round"><circle cx="8" cy="8" r="6"/><path d="M8 4.5V8l2.5 1.5"/></svg>
            """))
}
