"""The Debian package's files: the commands, what goes with them, and the package made of both."""
import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

import build_products
import needs
import package_copyright
import package_manuals

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DEBIAN = os.path.join(ROOT, "tools/debian")
MODULES = {"reader.wasm": [], "wallet.wasm": ["--wallet"], "scanner.wasm": ["--scanner"]}
EXAMPLES = ["tools/nginx", "tools/systemd/suishen-kiosk-policy.json"]
DOCUMENTS = ["SECURITY.md", "openapi.yaml", "Sources/CommandSupport/CommandSupport.docc/Installing.md",
             "Sources/CommandSupport/CommandSupport.docc/ThreatModel.md"]
REVISION = "1"
# What the static archives of the toolchain need, and the modules that the debug build compiled do not name.
STATIC = ["-static-stdlib", "-lCoreFoundation", "-l_FoundationICU", "-l_FoundationCShims", "-l_FoundationCollections",
          "-lswiftSynchronization", "-lstdc++"]


def run(*words, **options):
    return subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True, **options).stdout


def tool(name):
    return os.path.join(ROOT, "tools", name)


def version_of_commands():
    with open(os.path.join(ROOT, "Sources/CommandSupport/Release.swift"), encoding="utf-8") as file:
        return re.search(r'version = "([^"]+)"', file.read())[1]


def build_release(scratch):
    """Builds the commands; returns their folder and the build's manifest."""
    environment = os.environ | {"SUISHEN_LINK": "dynamic"}
    for command in build_products.COMMANDS:
        words = ["swift", "build", "--package-path", ROOT, "-c", "release", "--static-swift-stdlib",
                 "--scratch-path", scratch, "--product", command]
        subprocess.run(words, check=True, stdout=sys.stderr, env=environment)
    return os.path.join(scratch, "release"), os.path.join(scratch, "release.yaml")


def link_debug(scratch, out):
    """Links the debug build's objects with the runtime inside; returns the folder and the build's manifest."""
    folder, manifest = os.path.join(scratch, "debug"), os.path.join(scratch, "debug.yaml")
    needs.commands(folder, *build_products.COMMANDS)
    build = build_products.Build(manifest)
    os.makedirs(out, exist_ok=True)
    for command in build_products.COMMANDS:
        words = list(build.links[command]["args"])
        words[words.index("-o") + 1] = os.path.join(out, command)
        done = subprocess.run(words + STATIC, cwd=ROOT, stdout=sys.stderr, stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            needs.fail(f"{command} cannot be linked:\n{done.stderr}", "swift build, and then again")
    return out, manifest


def make_modules(folder):
    """Makes the modules of the pages with tools/build-wasm."""
    os.makedirs(folder, exist_ok=True)
    for name, words in MODULES.items():
        subprocess.run([tool("build-wasm"), *words, os.path.join(folder, name)], check=True)


def check_needs(modules):
    """Ends the tool unless it has its programs and the modules of the pages."""
    for program in ("chrpath", "dpkg-shlibdeps", "strip"):
        if not shutil.which(program):
            needs.fail(f"{program} is missing", "tools/setup --package")
    for name in MODULES if modules else []:
        if not os.path.exists(os.path.join(modules, name)):
            needs.fail(f"{modules} has no {name}", f"tools/build-wasm {' '.join(MODULES[name] + ['OUT'])}")


class Tree:
    """The files of the package, below a folder that stands for /."""

    def __init__(self, root):
        self.root = root

    def path(self, name):
        path = os.path.join(self.root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return path

    def write(self, name, content, mode=0o644):
        path = self.path(name)
        with open(path, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        os.chmod(path, mode)

    def compress(self, name, content):
        self.write(name + ".gz", gzip.compress(content if isinstance(content, bytes) else content.encode(), 9, mtime=0))

    def files(self):
        return sorted(os.path.relpath(os.path.join(folder, name), self.root)
                      for folder, _, names in os.walk(self.root) for name in names)

    def settle(self, epoch):
        """Gives every file and folder one time, and folders the mode 0755."""
        for folder, _, names in os.walk(self.root, topdown=False):
            for name in names:
                os.utime(os.path.join(folder, name), (epoch, epoch), follow_symlinks=False)
            os.chmod(folder, 0o755)
            os.utime(folder, (epoch, epoch))


def read(*parts):
    with open(os.path.join(*parts), "rb") as file:
        return file.read()


def add_commands(tree, binaries):
    for command in build_products.COMMANDS:
        path = tree.path(f"usr/bin/{command}")
        shutil.copyfile(os.path.join(binaries, command), path)
        os.chmod(path, 0o755)
        subprocess.run(["strip", "--strip-all", "--remove-section=.comment", path], check=True)
        # A folder of programs is no place for libraries.
        subprocess.run(["chrpath", "--delete", path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def packaged(text):
    """A unit or example as the package has it: its own files are in /usr."""
    return text.replace("/usr/local/", "/usr/")


def add_units(tree):
    """The units and what they need; returns their names."""
    folder = os.path.join(ROOT, "tools/systemd")
    units = sorted(name for name in os.listdir(folder) if not name.endswith(".json"))
    for name in units:
        tree.write(f"lib/systemd/system/{name}", packaged(read(folder, name).decode()))
    tree.write("usr/lib/sysusers.d/suishen.conf", read(DEBIAN, "sysusers.conf"))
    tree.write("usr/lib/tmpfiles.d/suishen.conf", read(DEBIAN, "tmpfiles.conf"))
    for name in sorted(os.listdir(os.path.join(DEBIAN, "etc"))):
        tree.write(f"etc/suishen/{name}", read(DEBIAN, "etc", name))
    return units


def add_documents(tree, values, components, checkouts, epoch):
    place = "usr/share/doc/suishen"
    for path in EXAMPLES:
        folder = os.path.join(ROOT, path)
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else [""]:
            example = os.path.join(folder, name).rstrip("/")
            tree.write(f"{place}/examples/{os.path.basename(example)}", read(example))
    for path in DOCUMENTS:
        tree.compress(f"{place}/{os.path.basename(path)}", read(ROOT, path))
    inside = [component for component in components
              if component.get("scope") == "required" or component["bom-ref"] == "swift-runtime"]
    tree.write(f"{place}/copyright", package_copyright.text(inside, checkouts))
    for component in inside:
        folder = os.path.join(checkouts, component["name"])
        notice = package_copyright.notices(folder) if os.path.isdir(folder) else None
        if notice:
            tree.compress(f"{place}/notices/{component['name']}.txt", notice)
    tree.compress(f"{place}/changelog.Debian", filled("changelog", values))
    tree.write("usr/share/lintian/overrides/suishen", read(DEBIAN, "lintian-overrides"))
    for command in build_products.COMMANDS:
        binary = os.path.join(tree.root, "usr/bin", command)
        for name, page in package_manuals.pages(binary, command, values["VERSION"], epoch):
            tree.compress(f"usr/share/man/man1/{name}.1", page)


def filled(name, values):
    text = read(DEBIAN, name).decode()
    for key, value in values.items():
        text = text.replace(f"@{key}@", value)
    return text


def depends(tree, components):
    """The packages whose libraries the commands load at their start, with versions, and those they open later."""
    with tempfile.TemporaryDirectory() as scratch:
        os.mkdir(os.path.join(scratch, "debian"))
        with open(os.path.join(scratch, "debian/control"), "w", encoding="utf-8") as file:
            file.write("Source: suishen\n\nPackage: suishen\nArchitecture: any\n")
        binaries = [os.path.join(tree.root, "usr/bin", command) for command in build_products.COMMANDS]
        # It warns that the commands lie in no folder of a package's source.
        found = run("dpkg-shlibdeps", "-O", "--warnings=0", *[f"-e{path}" for path in binaries], cwd=scratch,
                    stderr=subprocess.DEVNULL)
    loaded = re.search(r"^shlibs:Depends=(.*)$", found, re.M)[1].split(", ")
    names = {word.split(" ")[0] for word in loaded}
    opened = {prop["value"].removeprefix("deb:") for component in components
              for prop in component.get("properties", []) if prop["name"] == "suishen:opens"}
    return ", ".join(sorted(loaded + sorted(opened - names)))


def add_control(tree, values, units):
    running = [name for name in units
               if re.search(rb"^Restart=", read(tree.root, "lib/systemd/system", name), re.M)]
    # Every instance of a template.
    instances = [name.replace("@.", "@*.") for name in units if "@" in name]
    values = values | {"UNITS": " ".join(name for name in units if "@" not in name), "INSTANCES": " ".join(instances),
                       "RUNNING": " ".join(name.replace("@.", "@*.") for name in running)}
    files = [name for name in tree.files() if not name.startswith("DEBIAN/")]
    size = sum(-(-os.path.getsize(os.path.join(tree.root, name)) // 1024) for name in files)
    tree.write("DEBIAN/control", filled("control", values | {"SIZE": str(size)}))
    tree.write("DEBIAN/conffiles", "".join(f"/{name}\n" for name in files if name.startswith("etc/")))
    sums = (f"{hashlib.md5(read(tree.root, name)).hexdigest()}  {name}\n"
            for name in files if not name.startswith("etc/"))
    tree.write("DEBIAN/md5sums", "".join(sums))
    for script in ("postinst", "prerm", "postrm"):
        tree.write(f"DEBIAN/{script}", filled(script, values), mode=0o755)


def make(binaries, manifest, checkouts, modules, out, version=None, compression=6):
    """Makes the package in the folder `out`; returns its path.

    `binaries` are the linked commands, `manifest` is that of their build, and `checkouts` has the packages' sources.
    """
    version = version or f"{version_of_commands()}-{REVISION}"
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH") or run("git", "-C", ROOT, "log", "-1", "--format=%ct"))
    values = {
        "VERSION": version, "ARCHITECTURE": run("dpkg", "--print-architecture").strip(),
        "MAINTAINER": f"{os.environ.get('DEBFULLNAME', 'Suishen packages')} "
                      f"<{os.environ.get('DEBEMAIL', 'packages@suishen.example')}>",
        "DATE": time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(epoch)),
        "REVISION": run("git", "-C", ROOT, "rev-parse", "HEAD").strip(),
    }
    with tempfile.TemporaryDirectory() as scratch:
        tree = Tree(scratch)
        add_commands(tree, binaries)
        bill = tree.path("usr/share/doc/suishen/suishen.cdx.json")
        subprocess.run([tool("sbom"), "--binaries", os.path.join(tree.root, "usr/bin"), "--manifest", manifest,
                        "--checkouts", checkouts, "--out", bill], check=True)
        components = json.loads(read(bill))["components"]
        for name in MODULES:
            tree.write(f"usr/share/suishen/{name}", read(modules, name))
        units = add_units(tree)
        add_documents(tree, values, components, checkouts, epoch)
        add_control(tree, values | {"DEPENDS": depends(tree, components)}, units)
        tree.settle(epoch)
        os.makedirs(out, exist_ok=True)
        path = os.path.join(out, f"suishen_{version}_{values['ARCHITECTURE']}.deb")
        # One thread: the bytes would depend on whether there are more.
        run("dpkg-deb", "--root-owner-group", "-Zxz", f"-z{compression}", "--threads-max=1", "--build", tree.root, path,
            env=os.environ | {"SOURCE_DATE_EPOCH": str(epoch)})
        return path
