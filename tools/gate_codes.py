"""Codes for tools/gate-test: issued by a real daemon, and shown as a phone shows them."""
import itertools
import json
import os
import subprocess

import wire
from phone_checks import person

# What each kind of person code is bound to: the option of `issue`, and that of `present`.
BINDINGS = {"chain": ("--anchor", "--seed"), "signed": ("--device-key", "--device-key")}


class Codes:
    """The codes of one issuer, and the folder of what their phones keep."""

    def __init__(self, site):
        self.site, self.numbers = site, itertools.count(1)
        self.folder = os.path.join(site.folder, "codes")
        os.makedirs(self.folder, exist_ok=True)

    def path(self, suffix):
        return os.path.join(self.folder, f"{next(self.numbers)}.{suffix}")

    def _phone(self, *words, given=None):
        done = subprocess.run([os.path.join(self.site.binaries, "suishen"), *words, "--json"], input=given,
                              capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"gate-test: error: suishen {' '.join(words)}: {done.stderr}")
        return json.loads(done.stdout)

    def person(self, kind="chain", subject=None, *words):
        """A person's credential, and the file that its phone keeps."""
        subject, kept, bound = subject or person(self.site), None, []
        if kind == "chain":
            kept = self.path("seed")
            bound = [BINDINGS[kind][0], self._phone("device", "chain", "--out", kept)["anchor"]]
        elif kind == "signed":
            kept, public = self.path("pem"), self.path("pub.pem")
            self._phone("device", "keygen", "--out", kept, "--public-out", public)
            bound = [BINDINGS[kind][0], public]
        made = self.site.suishen("issue", subject, "--kind", kind, *bound, *words)[0]
        return {"subject": subject, "kind": kind, "text": made["text"], "kept": kept}

    def shown(self, credential, at=None, png=None):
        """The text that the phone shows now, drawn into a picture if one is wanted."""
        when = (["--at", str(at)] if at else []) + (["--png", png] if png else [])
        return self._phone("present", "--credential", "-", BINDINGS[credential["kind"]][1], credential["kept"], *when,
                           given=credential["text"])["text"]

    def picture(self, credential):
        """A picture of what the phone shows now."""
        png = self.path("png")
        self.shown(credential, png=png)
        return png

    def issued(self, subject, png=None):
        """The text of a new code that needs no phone."""
        return self.site.suishen("issue", subject, *(["--png", png] if png else []))[0]["text"]


def changed(text, place):
    """A person's text in which one bit of the message is flipped."""
    message = bytearray(wire.code_bytes(text))
    message[place] ^= 1
    return "SP1:" + wire.base45_text(bytes(message))
