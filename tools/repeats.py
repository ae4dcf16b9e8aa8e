"""What tools/tidy knows of logic that stands twice: runs of lines that are the same in two places of Sources or Tests.

Blank lines, comments and imports do not count, and white space is folded. Lines of declarations that only differ in a name
are not the same lines, so that a row here is always a copy.
"""
import re

LINES_MAX = 12


def code_lines(text):
    """The lines that count, each with its number."""
    for number, line in enumerate(text.splitlines(), 1):
        folded = re.sub(r"\s+", " ", line.strip())
        if folded and not folded.startswith("//") and not re.match(r"(?:@\w+ )?(?:\w+ )?import ", folded):
            yield number, folded


def check(texts):
    """Every run of more than LINES_MAX lines that stands in two places, named once for each pair of places."""
    size = LINES_MAX + 1
    first, told = {}, {}
    for path, text in sorted(texts.items()):
        lines = list(code_lines(text))
        for start in range(len(lines) - size + 1):
            run = tuple(line for _, line in lines[start:start + size])
            number = lines[start][0]
            if run not in first:
                first[run] = (path, number)
                continue
            other, place = first[run]
            # A longer run repeats window after window; its first window names it.
            if told.get((other, path), number - size - 1) < number - size:
                yield f"{path}:{number}: more than {LINES_MAX} lines are the same as from {other}:{place} on"
            told[(other, path)] = number
