"""The copyright file of the Debian package, and the notices of what lies inside its commands."""
import os
import re

FORMAT = "https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/"
APACHE = "On Debian systems the whole text is in /usr/share/common-licenses/Apache-2.0."
EXCEPTION = "Runtime Library Exception"
# The licence's own form for the holder of the rights, which names nobody.
FORM = "[yyyy]"


def holders(folder):
    """The lines in a package's licence and notice that say whose it is."""
    lines = []
    for name in sorted(os.listdir(folder)):
        if re.match(r"(licen[cs]e|notice)", name, re.IGNORECASE):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                lines += [line.strip() for line in file]
    return list(dict.fromkeys(re.sub(r"^Copyright\s*(\([cC]\))?\s*", "", line) for line in lines
                              if re.match(r"Copyright\s+(\([cC]\)|\d)", line) and FORM not in line))


def notices(folder):
    """A package's notice, which goes with every copy (Apache-2.0 §4d), or None."""
    for name in sorted(os.listdir(folder)):
        if re.match(r"notice", name, re.IGNORECASE):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                return file.read()
    return None


def licence_text(folder):
    name = next(name for name in sorted(os.listdir(folder)) if re.match(r"licen[cs]e", name, re.IGNORECASE))
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        return file.read()


def indented(text):
    return "\n".join(" " + (line.rstrip() or ".") for line in text.strip().split("\n"))


def short_name(expression):
    return expression.replace(" WITH ", " with ")


def text(components, checkouts):
    """The file in Debian's machine-readable form; `components` are the parts of the bill that lie inside."""
    paragraphs = [f"Format: {FORMAT}\nUpstream-Name: suishen\n"
                  "Comment:\n The commands contain the packages below, as their bill of materials says in full.",
                  "Files: *\nCopyright: the authors of Suishen\nLicense: Apache-2.0"]
    licences = {"Apache-2.0": indented(APACHE)}
    for component in components:
        name, licence = component["name"], short_name(component["licenses"][0]["expression"])
        folder = os.path.join(checkouts, name)
        own = holders(folder) if os.path.isdir(folder) else []
        if licence == "MIT":
            # Each MIT licence has its own holders in it.
            licence = f"MIT-{name}"
            licences[licence] = indented(licence_text(folder))
        elif EXCEPTION not in licences.get(licence, "") and " with " in licence and os.path.isdir(folder):
            whole = licence_text(folder)
            licences[licence] = indented(APACHE + "\n\n" + whole[whole.index("As an exception"):])
        paragraphs.append(f"Files: {name}/*\nCopyright: {(chr(10) + ' ').join(own) or f'the authors of {name}'}\n"
                          f"License: {licence}\nComment: version {component['version']}, inside the commands")
    paragraphs += [f"License: {name}\n{body}" for name, body in licences.items()]
    return "\n\n".join(paragraphs) + "\n"
