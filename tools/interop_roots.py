"""Walks root documents from their specification alone, and verifies them with programs made elsewhere."""
import base64
import hashlib
import os

import cbor2
import cwt
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from wire import pem

TYPE = "application/suishen-roots+cose"
ALGORITHMS = {"ed25519": -8, "es256": -7, "sm2": -65537}


class RootChecks:
    """The checks of one suite's installation; `sm2_verifies` asks the openssl program."""

    def __init__(self, name, check, sm2_verifies, folder):
        self.name, self.check, self.sm2_verifies, self.folder = name, check, sm2_verifies, folder

    def is_signed(self, spki, message, signature):
        if self.name == "sm2":
            return self.sm2_verifies(spki, message, signature, self.folder)
        key = serialization.load_der_public_key(spki)
        try:
            if self.name == "ed25519":
                key.verify(signature, message)
            else:
                halves = (int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
                key.verify(encode_dss_signature(*halves), message, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return False
        return True

    def signers(self, protected, payload, signatures, candidates):
        """The roots of the candidates that made each signature, by `Sig_structure` of RFC 9052 section 4.4."""
        found = []
        for header, unprotected, signature in signatures:
            fields = cbor2.loads(header)
            self.check(f"{self.name} roots: a signature's header", unprotected == {} and set(fields) == {1, 4}
                       and fields[1] == ALGORITHMS[self.name])
            message = cbor2.dumps(["Signature", protected, header, b"", payload])
            found += [spki for spki in candidates if hashlib.sha256(spki).digest()[:4] == fields[4]
                      and self.is_signed(spki, message, signature)]
        return found

    def decodes_elsewhere(self, document, spki):
        """Whether python-cwt takes the whole COSE_Sign with one of its signers' keys; it has no SM2."""
        key = cwt.COSEKey.from_pem(pem(spki), kid=hashlib.sha256(spki).digest()[:4])
        return cwt.COSE.new().decode(cbor2.dumps(document), key) == document.value[2]

    def walk(self, bundle, root_pem):
        """Follows `roots.cbor` from the first root, and requires that a bundle key signed the bundle."""
        with open(root_pem, "rb") as file:
            lines = [line for line in file.read().splitlines() if not line.startswith(b"-----")]
        spki = base64.b64decode(b"".join(lines))
        with open(os.path.join(bundle, "roots.cbor"), "rb") as file:
            content = file.read()
        documents = cbor2.loads(content)
        self.check(f"{self.name} roots: deterministic CBOR", cbor2.dumps(documents, canonical=True) == content)
        former = {"roots": [spki], "threshold": 1, "version": 0}
        for document in documents:
            protected, unprotected, payload, signatures = document.value
            fields, label = cbor2.loads(payload), f"{self.name} root document {former['version'] + 1}"
            self.check(f"{label}: its form", document.tag == 98 and unprotected == {}
                       and cbor2.loads(protected) == {16: TYPE} and fields["version"] == former["version"] + 1)
            candidates = former["roots"] + [key for key in fields["roots"] if key not in former["roots"]]
            signers = self.signers(protected, payload, signatures, candidates)
            self.check(f"{label}: a root for each signature", len(set(signers)) == len(signatures))
            for side in (former, fields):
                self.check(f"{label}: a threshold", len(set(signers) & set(side["roots"])) >= side["threshold"])
            if self.name != "sm2":
                self.check(f"{label}: python-cwt takes it", self.decodes_elsewhere(document, signers[0]))
            former = fields
        with open(os.path.join(bundle, "bundle.cbor"), "rb") as file:
            protected, _, payload, signature = cbor2.loads(file.read()).value
        keys = [key["key"] for key in former["bundleKeys"] if key["kid"] == cbor2.loads(protected)[4]]
        message = cbor2.dumps(["Signature1", protected, b"", payload])
        self.check(f"{self.name} roots: a listed key signed the bundle",
                   any(self.is_signed(key, message, signature) for key in keys))
        self.check(f"{self.name} roots: no root signed the bundle",
                   not any(self.is_signed(key, message, signature) for key in former["roots"] + [spki]))
        return len(documents)

