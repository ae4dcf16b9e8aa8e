extension Assets {
    /// Every file of the folder `Assets`, as the build puts it into the program; a test holds the two together.
    static let embedded: [(name: String, bytes: [UInt8])] = [
        ("banner.js", PackageResources.banner_js),
        ("chinese.js", PackageResources.chinese_js),
        ("english.js", PackageResources.english_js),
        ("events.js", PackageResources.events_js),
        ("fetching.js", PackageResources.fetching_js),
        ("finding.js", PackageResources.finding_js),
        ("marks.js", PackageResources.marks_js),
        ("memory.js", PackageResources.memory_js),
        ("outside.js", PackageResources.outside_js),
        ("page.js", PackageResources.page_js),
        ("proof.js", PackageResources.proof_js),
        ("reader.js", PackageResources.reader_js),
        ("style.css", PackageResources.style_css),
        ("undone.js", PackageResources.undone_js),
        ("view.js", PackageResources.view_js),
        ("words.js", PackageResources.words_js),
    ]
}
