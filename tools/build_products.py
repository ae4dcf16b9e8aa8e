"""What a build's commands were linked from, as its manifest has it: .build/debug.yaml or .build/release.yaml."""
import json
import os
import re

COMMANDS = ("suishen", "suishend", "suishen-web", "verify", "chain-verify", "suishen-witness")
LIST = re.compile(r"^    (inputs|outputs|args): (\[.*\])$")


class Build:
    """A build's manifest: which package each module comes from, and how each command was linked."""

    def __init__(self, manifest):
        self.packages = {}
        self.links = {}
        lists = {}
        with open(manifest, encoding="utf-8") as file:
            for line in file:
                if re.match(r'^  "', line):
                    self._add(lists)
                    lists = {}
                found = LIST.match(line)
                if found:
                    lists[found[1]] = json.loads(found[2])
        self._add(lists)

    def _add(self, lists):
        outputs = lists.get("outputs", [])
        for path in lists.get("inputs", []):
            package = re.search(r"/checkouts/([^/]+)/", path)
            if package:
                for module in filter(None, map(module_of, outputs)):
                    self.packages[module] = package[1]
                break
        name = os.path.basename(outputs[0]) if len(outputs) == 1 else ""
        if name in COMMANDS and "-emit-executable" in lists.get("args", []):
            self.links[name] = lists

    def packages_of(self, command):
        """The identities of the packages whose modules a command was linked from."""
        modules = set(filter(None, map(module_of, self.links[command]["inputs"])))
        return {self.packages[module].lower() for module in modules if module in self.packages}

    def archives_of(self, command):
        """The names of the system's archives that lie inside a command: `crypto` of `-l:libcrypto.a`."""
        found = (re.match(r"-l:lib(.+)\.a$", word) for word in self.links[command]["args"])
        return sorted(match[1] for match in found if match)


def module_of(path):
    """NIOCore, of …/NIOCore.build/Channel.swift.o."""
    found = re.search(r"/([^/]+)\.build/.*\.o$", path)
    return found and found[1]
