"""Prints a tool's missing requirement and the way to install it, in two lines."""
import os
import sys

TOOL = os.path.basename(sys.argv[0])


def fail(reason, hint):
    sys.exit(f"{TOOL}: error: {reason}\n{TOOL}: hint: {hint}")


def commands(folder, *names):
    """Ends the tool unless the folder holds the built commands."""
    missing = [name for name in names if not os.access(os.path.join(folder, name), os.X_OK)]
    if missing:
        release = " -c release" if os.path.basename(folder.rstrip("/")) == "release" else ""
        fail(f"{folder} holds no {' and no '.join(missing)}",
             "; ".join(f"swift build{release} --product {name}" for name in missing))


def module(error):
    """Ends the tool when a Python package is not installed."""
    fail(f"Python has no module {error.name}", f"tools/setup --python; then .venv/bin/python tools/{TOOL}")
