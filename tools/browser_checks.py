"""What the tests in a browser share: their lines, and the modules of WebAssembly that they are given or make."""
import os
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Checks:
    """Prints a line a check, and counts those that failed."""

    def __init__(self, tool):
        self.tool, self.failed = tool, 0

    def __call__(self, what, is_met, found=""):
        self.failed += 0 if is_met else 1
        print(f"{self.tool}: ok   {what}" if is_met else f"{self.tool}: FAIL {what} (found: {found})", flush=True)


def module(given, folder, name):
    """The path of a module: the given one, or one that is made in the folder; `reader`, `wallet` or `scanner`."""
    if given:
        return os.path.abspath(given)
    path = os.path.join(folder, f"{name}.wasm")
    words = [] if name == "reader" else [f"--{name}"]
    subprocess.run([os.path.join(ROOT, "tools/build-wasm"), *words, path], check=True)
    return path
