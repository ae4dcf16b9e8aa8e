"""The package's targets, for tools/tidy: the graph is read once from the package's own description.

Package.swift declares each target's imports. The tables here add only the facts that Package.swift cannot hold: the
kind of each target, the targets that may load Foundation, and the libraries that a target must never link.
"""
import json
import os
import re
import subprocess

TOOLCHAIN = {"Swift", "Glibc", "Synchronization", "Dispatch", "Testing"}

# The folder of each kind's targets, and the kinds on which they may depend.
FOLDERS = {"c": "Sources/CLibraries", "library": "Sources", "command": "Sources/Commands",
           "workshop": "Sources/Workshop", "tests": "Tests"}
MAY_DEPEND_ON = {"c": {"c"}, "library": {"c", "library"}, "command": {"c", "library"},
                 "workshop": {"c", "library", "command", "workshop"}, "tests": set(FOLDERS)}
KINDS = {
    "c": "CArguments CCurl CLinux COpenSSL CPKCS11 CPostgreSQL CQREncode CSHA256 CSPNG CSodium CTurboJPEG CZBar CZlib",
    "library": """CommandSupport Compression Credential Encoding ForeignCodes Gate GateCommandLine GateRunning HTTPServing HardwareKeys IssuerHTTP IssuerInterface
        Issuing ObjectStorage Platform PostgreSQLStorage PublicWeb QRDrawing QREncoding QRProofreading QRReading QRStandard
        Signing Storage TLSServing TraceLog""",
    "command": "chain-verify suishen suishen-web suishen-witness suishend verify",
    "workshop": """LogForge WalletPhone audit-bench bench log-bench log-crash-driver log-forge scan-bench
        settlement-simulation store-bench stream-bench token-bench transit-issuer wallet-bench wire-vectors""",
    "tests": """CommandTests CompressionTests CredentialTests DocumentationTests EncodingTests ErrorTests ForeignCodesTests
        FuzzTests GateRunningTests GateTestSupport GateTests HTTPServingTests HardwareKeysTests IssuerHTTPTests IssuerTestSupport IssuingTests PlatformTests PublicWebTests QRDrawingTests QREncodingTests
        QRReadingTests SigningTests StorageTests TestSupport TraceLogTests""",
}
TABLE = {name: kind for kind, names in KINDS.items() for name in names.split()}

# Foundation slows every start of a command; benches and tests may load it.
MAY_USE_FOUNDATION = {"Issuing", "Storage"}

# The sources of the browser's modules, which tools/build-wasm compiles and no target builds, and what they may import.
BROWSER_SOURCES = "Sources/PublicWeb/Wasm/"
BROWSER_MODULES = {"Compression", "Credential", "Encoding", "Platform", "QREncoding", "QRReading", "QRStandard", "Signing",
                   "TraceLog"}

# Linked for its work before `main`, and never imported.
LINKED_ONLY = {"CArguments"}

# Targets of this package, and packages by their identity, that must not be reached over any number of edges.
SERVER = {"HTTPServing", "IssuerHTTP", "TLSServing", "hummingbird", "swift-http-types", "swift-log", "swift-nio",
          "swift-nio-extras", "swift-nio-ssl"}
NEVER_REACHES = {
    "Encoding": set(TABLE) | SERVER,
    "Platform": {name for name, kind in TABLE.items() if kind != "c"} | SERVER,
    "QRStandard": set(TABLE) | SERVER,
    "QREncoding": (set(TABLE) - {"CCurl", "Platform", "QRStandard"}) | SERVER,
    "QRDrawing": {"CZBar", "QRReading"},
    "QRReading": {"CQREncode", "QRDrawing", "QREncoding"},
    "TraceLog": {"grdb.swift", "Storage"} | SERVER,
    "Gate": {"grdb.swift", "QRDrawing", "QRReading", "Storage"} | SERVER,
    "GateRunning": {"CommandSupport", "grdb.swift", "QRDrawing", "QRReading", "Storage", "swift-argument-parser"} | SERVER,
    "Issuing": {"CQREncode", "CZBar"} | SERVER,
    "verify": {"CQREncode", "grdb.swift", "Issuing", "QRDrawing", "QREncoding", "Storage"} | SERVER,
    "chain-verify": {"Credential", "grdb.swift", "Gate", "Storage"} | SERVER,
    "suishen": SERVER,
    # The process that faces everybody has neither the registry nor what issues and signs.
    "suishen-web": {"grdb.swift", "IssuerHTTP", "TLSServing", "IssuerInterface", "Issuing", "QRDrawing", "QRReading", "Storage"},
    "suishen-witness": {"Credential", "grdb.swift", "Gate", "Issuing", "Storage"},
}

IMPORT = re.compile(r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|private|fileprivate)\s+)?"
                    r"import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)")


class Target:
    def __init__(self, description):
        self.name = description["name"]
        self.is_command = description["type"] == "executable"
        self.products = {}
        self.targets = set()
        for dependency in description["dependencies"]:
            [(how, [name, *rest])] = dependency.items()
            if how == "product":
                self.products[name] = rest[0].lower()
            else:
                self.targets.add(name)
        default = "Tests" if description["type"] == "test" else "Sources"
        self.path = description.get("path") or f"{default}/{self.name}"
        self.imported = set()

    @property
    def allowed(self):
        return self.targets | set(self.products)


def describe(root):
    """The package's description in an ordinary build."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SUISHEN_")}
    out = subprocess.run(["swift", "package", "dump-package"], cwd=root, env=environment, check=True,
                         capture_output=True, text=True).stdout
    return json.loads(out)


def without_literals(text):
    """The text with empty multi-line literals, which may hold programs in other languages."""
    return re.sub(r'"""[\s\S]*?"""', lambda found: "\n" * found[0].count("\n"), text)


class Graph:
    def __init__(self, root, description):
        self.root = root
        self.targets = {target.name: target for target in map(Target, description["targets"])}
        self.packages = {}
        for dependency in description["dependencies"]:
            [(_, [package])] = dependency.items()
            self.packages[package["identity"].lower()] = package.get("requirement", {})

    def of(self, path):
        """The target that a file belongs to, or None for a file that is not built."""
        owners = [target for target in self.targets.values() if path.startswith(target.path + "/")]
        return max(owners, key=lambda target: len(target.path), default=None)

    def check_file(self, path, text):
        """The faults of a file's place, imports and includes."""
        target = self.of(path)
        if path.startswith(BROWSER_SOURCES) and path.endswith(".swift"):
            yield from self.check_browser_imports(path, text)
        elif target is None:
            yield f"{path}: no target of Package.swift builds it"
        elif path.endswith(".swift"):
            yield from self.check_imports(target, path, text)
        elif path.endswith((".c", ".h")):
            yield from self.check_includes(target, path, text)

    def check_includes(self, target, path, text):
        for number, line in enumerate(text.splitlines(), 1):
            found = re.match(r'\s*#\s*include\s*"([^"]+)"', line)
            if found and not any(os.path.exists(os.path.join(self.root, target.path, folder, found[1]))
                                 for folder in ("", "include")):
                yield f"{path}:{number}: {target.name} includes {found[1]}, which is not its own"

    def check_browser_imports(self, path, text):
        for number, line in enumerate(text.splitlines(), 1):
            found = IMPORT.match(line)
            if found and found[1] not in BROWSER_MODULES:
                yield f"{path}:{number}: {found[1]} is not in the browser's modules"

    def check_imports(self, target, path, text):
        kind = TABLE.get(target.name)
        for number, line in enumerate(without_literals(text).splitlines(), 1):
            found = IMPORT.match(line)
            if not found or found[1] in TOOLCHAIN:
                continue
            name = found[1]
            target.imported.add(name)
            if name.startswith("Foundation"):
                if kind not in ("workshop", "tests") and target.name not in MAY_USE_FOUNDATION:
                    yield f"{path}:{number}: {target.name} must not import {name}: it slows every start"
            elif name not in target.allowed:
                yield f"{path}:{number}: {target.name} imports {name}, which Package.swift does not declare for it"

    def check(self):
        """The faults of the description itself; call it after every file was checked."""
        yield from self.check_table()
        yield from self.check_packages()
        for target in self.targets.values():
            yield from self.check_use(target)
            for name in sorted(self.reached(target.name) & NEVER_REACHES.get(target.name, set())):
                yield f"Package.swift: {target.name} must never link {name}, but reaches it through its dependencies"

    def check_table(self):
        for name, target in self.targets.items():
            kind = TABLE.get(name)
            if kind is None:
                yield f"Package.swift: the target {name} is missing from the table in tools/targets.py"
                continue
            if target.path != f"{FOLDERS[kind]}/{name}":
                yield f"Package.swift: {name} belongs in {FOLDERS[kind]}/{name}, not in {target.path}"
            for other in sorted(target.targets):
                if other in TABLE and TABLE[other] not in MAY_DEPEND_ON[kind]:
                    yield f"Package.swift: {name} must not depend on {other}: one is {kind}, the other {TABLE[other]}"
        for name in sorted(set(TABLE) - set(self.targets)):
            yield f"tools/targets.py: {name} is in the table, but is no target of Package.swift"
        used = {name for target in self.targets.values() for name in target.targets}
        for name in sorted(name for name in self.targets if TABLE.get(name) == "c" and name not in used):
            yield f"Package.swift: no target depends on the C module {name}"
        for name in sorted(MAY_USE_FOUNDATION & set(self.targets)):
            if not any(module.startswith("Foundation") for module in self.targets[name].imported):
                yield f"tools/targets.py: {name} may import Foundation, but does not"

    def check_packages(self):
        used = {package for target in self.targets.values() for package in target.products.values()}
        for name, requirement in self.packages.items():
            if "exact" not in requirement:
                yield f"Package.swift: the package {name} is not pinned with `exact:`"
            if name not in used:
                yield f"Package.swift: no target uses the package {name}"

    def check_use(self, target):
        if TABLE.get(target.name) == "c":
            return
        for name in sorted(target.allowed - target.imported - LINKED_ONLY):
            # A dependency on a command only makes sure that the command is built.
            if name not in self.targets or not self.targets[name].is_command:
                yield f"Package.swift: {target.name} depends on {name}, but none of its files imports it"

    def reached(self, name):
        reached, waiting = set(), [name]
        while waiting:
            target = self.targets.get(waiting.pop())
            if target is None:
                continue
            reached |= set(target.products.values())
            waiting += target.targets - reached
            reached |= target.targets
        return reached
