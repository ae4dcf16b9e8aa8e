"""A new Debian 12 made by debootstrap, for tools/package-test: a machine's files, without systemd running."""
import ctypes
import fcntl
import os
import shlex
import shutil
import socket
import struct
import subprocess
import sys

SUITE = "bookworm"
CLONE_NEWNET = 0x40000000
SIOCSIFFLAGS = 0x8914
IFF_UP = 1


def check(*words, **options):
    """Runs a program to its end; returns what it printed, and ends the test where it fails."""
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"package-test: error: {shlex.join(words)[:300]} ended with {done.returncode}:\n{done.stdout}")
    return done.stdout


def sources():
    """The lines of apt's sources for the suite, as this machine has them."""
    found = check("apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT) $(SIGNED_BY)",
                  "Created-By: Packages")
    lines = [line.split() for line in found.splitlines()]
    lines = [words for words in lines if len(words) > 2 and words[1].startswith(SUITE) and words[2] == "main"]
    if not any(words[1] == SUITE for words in lines):
        sys.exit(f"package-test: error: apt of this machine has no source of Debian's {SUITE}")
    return list(dict.fromkeys((words[0], words[1]) for words in lines))


class Root:
    def __init__(self, path, cache=None):
        """Makes the root, or unpacks the one that `cache` keeps."""
        self.path = path
        if cache and os.path.exists(cache):
            check("tar", "--extract", "--numeric-owner", "--file", cache, "--directory", path)
        else:
            address = next(address for address, suite in sources() if suite == SUITE)
            check("debootstrap", "--variant=minbase", "--include=ca-certificates", SUITE, path, address)
            if cache:
                check("tar", "--create", "--numeric-owner", "--file", cache + ".new", "--directory", path, ".")
                os.replace(cache + ".new", cache)
        with open(self("etc/apt/sources.list"), "w", encoding="utf-8") as file:
            file.writelines(f"deb {address} {suite} main\n" for address, suite in sources())
        for name in ("proc", "sys"):
            check("mount", "-t", {"proc": "proc", "sys": "sysfs"}[name], name, self(name))
        check("mount", "--rbind", "/dev", self("dev"))
        check("mount", "-t", "tmpfs", "tmpfs", self("run"))
        shutil.copy("/etc/resolv.conf", self("etc/resolv.conf"))
        with open(self("etc/hosts"), "w", encoding="utf-8") as file:
            file.write("127.0.0.1 localhost code.example.cn\n")

    def __call__(self, path):
        return os.path.join(self.path, path.lstrip("/"))

    def words(self, *words, environment=()):
        return ["chroot", self.path, "/usr/bin/env", "-i", "HOME=/root", "LC_ALL=C.UTF-8",
                "DEBIAN_FRONTEND=noninteractive", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", *environment, *words]

    def run(self, *words, **options):
        return subprocess.run(self.words(*words), capture_output=True, text=True, **options)

    def check(self, *words, **options):
        return check(*self.words(*words), **options)

    def shell(self, script):
        """Runs lines of a shell in root's folder; any that fails ends the test."""
        return self.check("/bin/bash", "-euo", "pipefail", "-c", f"cd /root\n{script}")


def leave_network():
    """From now on this process and its children have a loopback interface, and nothing else."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        sys.exit(f"package-test: error: no network of its own: {os.strerror(ctypes.get_errno())}")
    with socket.socket() as probe:
        fcntl.ioctl(probe, SIOCSIFFLAGS, struct.pack("16sH14s", b"lo", IFF_UP, b""))
