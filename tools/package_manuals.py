"""Manual pages of the commands and their subcommands, from what their parser says of itself."""
import json
import os
import re
import subprocess
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
COMMANDS_PAGE = os.path.join(ROOT, "Sources/CommandSupport/CommandSupport.docc/Commands.md")
HIDDEN = {"help"}


def text(words):
    """Plain text for roff: a backslash, a hyphen and a dot at a line's beginning stand for themselves."""
    words = words.replace("\\", "\\e").replace("-", "\\-")
    words = re.sub(r"`([^`]+)`", r"\\fB\1\\fP", words)
    return "\n".join("\\&" + line if line.startswith((".", "'")) else line for line in words.split("\n"))


def paragraphs(words):
    return "\n.PP\n".join(text(" ".join(part.split())) for part in re.split(r"\n\s*\n", words.strip()))


def spelt(name):
    return ("--" if name["kind"] == "long" else "-") + name["name"]


def shown(arguments):
    return [argument for argument in arguments if argument.get("shouldDisplay", True)]


def placeholder(argument):
    return f"<{argument.get('valueName') or 'value'}>"


def usage(command):
    """The synopsis: options without which the command does not run, then positional arguments."""
    words = []
    arguments = shown(command.get("arguments", []))
    if any(argument["kind"] != "positional" and argument.get("isOptional", True) for argument in arguments):
        words.append("[OPTION...]")
    for argument in arguments:
        value = placeholder(argument) + ("..." if argument.get("isRepeating") else "")
        if argument["kind"] == "positional":
            words.append(f"[{value}]" if argument.get("isOptional") else value)
        elif not argument.get("isOptional", True):
            name = spelt(argument["preferredName"])
            words.append(name if argument["kind"] == "flag" else f"{name} {value}")
    if children(command):
        words.append("SUBCOMMAND" if not command.get("defaultSubcommand") else "[SUBCOMMAND]")
    return " ".join(words)


def children(command):
    return [child for child in command.get("subcommands", [])
            if child["commandName"] not in HIDDEN and child.get("shouldDisplay", True)]


def option(argument):
    names = ", ".join(f"\\fB{text(spelt(name))}\\fP" for name in argument.get("names") or [])
    value = f"\\fI{text(placeholder(argument))}\\fP"
    heading = {"positional": value, "flag": names}.get(argument["kind"], f"{names} {value}")
    words = [" ".join((argument.get(part) or "").split()) for part in ("abstract", "discussion")]
    default = argument.get("defaultValue")
    if default not in (None, "") and default not in " ".join(words):
        words.append(f"Default: {default}.")
    values = argument.get("allValueStrings") or argument.get("allValues")
    if values:
        words.append(f"Values: {', '.join(values)}.")
    return f".TP\n{heading}\n{text(' '.join(filter(None, words)))}"


def statuses(command):
    """The column of a command in the page of the commands: its exit statuses."""
    with open(COMMANDS_PAGE, encoding="utf-8") as file:
        section = file.read().split("\n## Exit status\n")[1].split("\n## ")[0]
    lines = [line for line in section.split("\n") if line.startswith("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    column = next(index for index, cell in enumerate(rows[0]) if f"`{command}`" in cell)
    return [(row[0], row[column]) for row in rows[2:] if row[column]]


def page(command, path, related, version, date):
    name = "-".join(path)
    lines = [f'.TH "{name.upper()}" "1" "{date}" "suishen {version}" "User Commands"', ".nh", ".ad l", ".SH NAME",
             f"{text(name)} \\- {text(one_line(command.get('abstract') or name))}", ".SH SYNOPSIS",
             f"\\fB{text(' '.join(path))}\\fP {text(usage(command))}".rstrip(), ".SH DESCRIPTION",
             paragraphs(command.get("abstract") or name)]
    if command.get("discussion"):
        lines += [".PP", paragraphs(command["discussion"])]
    sections = {}
    for argument in shown(command.get("arguments", [])):
        title = argument.get("sectionTitle") or ("ARGUMENTS" if argument["kind"] == "positional" else "OPTIONS")
        sections.setdefault(title.upper(), []).append(option(argument))
    for title, options in sections.items():
        lines += [f'.SH "{text(title)}"'] + options
    if children(command):
        lines.append(".SH SUBCOMMANDS")
        for child in children(command):
            lines.append(f".TP\n\\fB{text(child['commandName'])}\\fP\n{text(one_line(child.get('abstract') or ''))}")
    lines.append('.SH "EXIT STATUS"')
    for status, meaning in statuses(path[0]):
        lines.append(f".TP\n\\fB{status}\\fP\n{text(meaning)}")
    lines += [".SH SEE ALSO", ",\n".join(f"\\fB{text(other)}\\fP(1)" for other in related if other != name)]
    return name, "\n".join(lines) + "\n"


def one_line(words):
    return " ".join(words.split()).rstrip(".")


def tree(command, path):
    yield command, path
    for child in children(command):
        yield from tree(child, path + [child["commandName"]])


def pages(binary, name, version, epoch):
    """The pages of a command and all its subcommands: file names and texts."""
    dump = subprocess.run([binary, "--experimental-dump-help"], check=True, capture_output=True, text=True).stdout
    date = time.strftime("%Y-%m-%d", time.gmtime(epoch))
    found = list(tree(json.loads(dump)["command"], [name]))
    names = ["-".join(path) for _, path in found]
    for command, path in found:
        own = "-".join(path)
        parent = own.rpartition("-")[0]
        related = [other for other in names if other == parent or other.startswith(own + "-")] or names[:1]
        yield page(command, path, [other for other in related if other != own] or ["suishen"], version, date)
