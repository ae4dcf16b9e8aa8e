#!/usr/bin/env python3
"""Follows every citation of a page, and fails where the page or its heading is missing.

citations.py [ROOT]        checks a tree; by default the one this file lies in
citations.py --self-test   plants one breach of every rule in a scratch tree, and fails unless each is found

A citation is `Target.docc/Page.md`, or with a section `Target.docc/Page.md#Heading-with-hyphens`, DocC's own anchor. It may
stand in code, tests, fixtures, tools, hints and pages.
"""
import os
import re
import subprocess
import sys
import tempfile

CITATION = re.compile(r"\b([A-Za-z][\w-]*)\.docc/([A-Za-z][\w-]*)\.md(?:#([\w-]*\w))?")
DOC_LINK = re.compile(r"<doc:([^>#]*)(?:#([^>]*))?>")
# Names of pages outside the project; spelt in halves, so that this file does not break its own rule.
OUTSIDE = re.compile(r"(?<![\w/.-])(?:architecture|cli|fleet|foreign-codes|glossary|keys|measurements|scale|services|style|"
                     r"trace-log|web|wire-format)\.m" + r"d\b|\.\./shared/des" + r"ign")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
NAMED_FILE = re.compile(r"`((?:tools|fixtures|Tests|Sources)/[^`\s*]+)")
# The canaries below cite missing pages.
SKIPPED = ("fixtures/fuzz/", ".build/", ".venv/", ".git/", "tools/citations.py")


def tracked(root):
    if os.path.exists(os.path.join(root, ".git")):
        out = subprocess.run(["git", "-C", root, "ls-files", "--cached", "--others", "--exclude-standard"],
                             check=True, capture_output=True, text=True).stdout.splitlines()
        return sorted(path for path in out if os.path.exists(os.path.join(root, path)))
    return sorted(os.path.relpath(os.path.join(folder, name), root)
                  for folder, _, names in os.walk(root) for name in names)


def text_of(root, path):
    try:
        with open(os.path.join(root, path), encoding="utf-8") as file:
            return file.read()
    except (UnicodeDecodeError, OSError):
        return None


def without_code_blocks(text):
    lines, is_code = [], False
    for line in text.splitlines():
        if line.startswith("```"):
            is_code = not is_code
            line = ""
        lines.append("" if is_code else line)
    return lines


def anchor(heading):
    return re.sub(r"[^\w -]", "", heading).strip().replace(" ", "-")


def catalogs(root, paths):
    """catalog name -> {page name: {its anchors}}, and catalog name -> path of its folder."""
    pages, folders = {}, {}
    for path in paths:
        found = re.search(r"^(Sources/(?:.*/)?([\w-]+)\.docc)/([\w-]+)\.md$", path)
        if not found:
            continue
        folder, catalog, page = found.groups()
        headings = [line for line in without_code_blocks(text_of(root, path) or "") if re.match(r"#{1,6} ", line)]
        pages.setdefault(catalog, {})[page] = [anchor(line.lstrip("#")) for line in headings]
        folders[catalog] = folder
    return pages, folders


def check_catalogs(root, pages, folders):
    for catalog, names in pages.items():
        folder = folders[catalog]
        landing = text_of(root, f"{folder}/{catalog}.md")
        if landing is None:
            yield f"{folder}: has no landing page {catalog}.md"
            continue
        if not landing.startswith(f"# ``{catalog}``\n"):
            yield f"{folder}/{catalog}.md: does not begin with its target's name in double backticks"
        topics = landing.split("\n## Topics\n")[-1] if "\n## Topics\n" in landing else ""
        listed = {link[0] for link in DOC_LINK.findall(topics)}
        for page in sorted(set(names) - {catalog} - listed):
            yield f"{folder}/{catalog}.md: its topics do not list {page}"
        for page, anchors in names.items():
            for twice in sorted({name for name in anchors if anchors.count(name) > 1}):
                yield f"{folder}/{page}.md: two headings share the anchor {twice}"


def check_citations(path, text, pages):
    for number, line in enumerate(text.splitlines(), 1):
        for catalog, page, heading in CITATION.findall(line):
            if catalog == "Target" and page == "Page":
                continue
            if page not in pages.get(catalog, {}):
                yield f"{path}:{number}: cites {catalog}.docc/{page}.md, which is not there"
            elif heading and heading not in pages[catalog][page]:
                yield f"{path}:{number}: cites {catalog}.docc/{page}.md#{heading}, which has no such heading"
        if OUTSIDE.search(line):
            yield f"{path}:{number}: cites a page outside the project"


def check_page_links(path, text, pages):
    catalog = re.search(r"/([\w-]+)\.docc/", path)[1]
    for number, line in enumerate(without_code_blocks(text), 1):
        for page, heading in DOC_LINK.findall(line):
            if page not in pages[catalog]:
                yield f"{path}:{number}: links {page}, which {catalog}.docc does not have"
            elif heading and heading not in pages[catalog][page]:
                yield f"{path}:{number}: links {page}#{heading}, which has no such heading"


def check_files(root, path, text):
    for number, line in enumerate(without_code_blocks(text), 1):
        for target in LINK.findall(line):
            if "://" not in target and not os.path.exists(os.path.join(root, os.path.dirname(path), target)):
                yield f"{path}:{number}: links {target}, which is not there"
        for target in NAMED_FILE.findall(line):
            if not os.path.exists(os.path.join(root, target.rstrip("/").rstrip(".,;:"))):
                yield f"{path}:{number}: names {target}, which is not there"


def breaches(root, paths=None):
    paths = [path for path in paths or tracked(root) if not path.startswith(SKIPPED)]
    pages, folders = catalogs(root, paths)
    if not pages:
        yield "Sources: there are no pages, so no citation could be followed"
    yield from check_catalogs(root, pages, folders)
    cited = 0
    for path in paths:
        text = text_of(root, path)
        if text is None:
            continue
        cited += len(CITATION.findall(text)) if not path.endswith(".md") else 0
        yield from check_citations(path, text, pages)
        if ".docc/" in path and path.endswith(".md"):
            yield from check_page_links(path, text, pages)
        if path.endswith(".md") and not path.startswith("fixtures/"):
            yield from check_files(root, path, text)
    if pages and cited == 0:
        yield "Sources: no code, test or fixture cites a page, so this check is empty"


GOOD = {
    "Sources/Gate/Gate.docc/Gate.md": "# ``Gate``\n\nDecides.\n\n## Topics\n\n- <doc:Verdicts>\n",
    "Sources/Gate/Gate.docc/Verdicts.md": "# Verdicts\n\nAnswers; see <doc:Gate>.\n\n## The codes\n\n```\n# no heading\n```\n",
    "Sources/Gate/A.swift": "/// See `Gate.docc/Verdicts.md#The-codes`; \"source\":\"Gate.docc/Verdicts.md; RFC 9285\".\n",
    "README.md": "[codes](Sources/Gate/Gate.docc/Verdicts.md) and `Sources/Gate/A.swift`\n",
}
CANARIES = [
    ("Sources/Gate/B.swift", "// Gate.docc/Scenes.md\n", "which is not there"),
    ("Sources/Gate/B.swift", "// Doors.docc/Verdicts.md\n", "which is not there"),
    ("fixtures/wire/a.json", '{"source":"Gate.docc/Verdicts.md#No-such"}\n', "no such heading"),
    ("Sources/Gate/B.swift", "// Gate.docc/Verdicts.md#no-heading\n", "no such heading"),
    ("Tests/GateTests/B.swift", "// wire-format.m" + "d, seals\n", "outside the project"),
    ("tools/x", "# ../shared/des" + "ign\n", "outside the project"),
    ("Sources/Gate/Gate.docc/New.md", "# New\n\nText.\n", "do not list New"),
    ("Sources/Lone/Lone.docc/Page.md", "# Page\n\nText.\n", "no landing page"),
    ("Sources/Lone/Lone.docc/Lone.md", "# Lone\n\nText.\n", "double backticks"),
    ("Sources/Gate/Gate.docc/Verdicts.md", GOOD["Sources/Gate/Gate.docc/Verdicts.md"] + "<doc:Nowhere>\n", "does not have"),
    ("Sources/Gate/Gate.docc/Verdicts.md", GOOD["Sources/Gate/Gate.docc/Verdicts.md"] + "\n## The codes\n", "share the anchor"),
    ("README.md", "[codes](Sources/Gone.md)\n", "is not there"),
    ("README.md", "`tools/gone` runs\n", "is not there"),
    ("Sources/Gate/A.swift", "// nothing\n", "cites a page"),
]


def plant(root, files):
    for path, text in files.items():
        os.makedirs(os.path.join(root, os.path.dirname(path)), exist_ok=True)
        with open(os.path.join(root, path), "w", encoding="utf-8") as file:
            file.write(text)


def self_test():
    with tempfile.TemporaryDirectory() as root:
        plant(root, GOOD)
        found = list(breaches(root))
        if found:
            sys.exit("\n".join(["citations: error: a good tree was reported"] + found))
    for path, text, wanted in CANARIES:
        with tempfile.TemporaryDirectory() as root:
            plant(root, {**GOOD, path: text})
            if not any(wanted in breach for breach in breaches(root)):
                sys.exit(f"citations: error: planted in {path} and not found: {wanted}")
    print(f"citations: {len(CANARIES)} planted breaches found")


if __name__ == "__main__":
    if sys.argv[1:] == ["--self-test"]:
        self_test()
    else:
        root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
        found = list(breaches(root))
        print("\n".join(found) if found else "citations: every citation leads to a page")
        sys.exit(1 if found else 0)
