"""Readers of the wire format for tools, without any of the project's own code."""
import base64
import hmac

import cbor2

BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def base45(text):
    out = bytearray()
    for start in range(0, len(text), 3):
        digits = [BASE45.index(character) for character in text[start:start + 3]]
        value = sum(digit * 45 ** power for power, digit in enumerate(digits))
        out += value.to_bytes(len(digits) - 1, "big")
    return bytes(out)


def base45_text(message):
    text = ""
    for start in range(0, len(message), 2):
        pair = message[start:start + 2]
        value = int.from_bytes(pair, "big")
        for _ in range(len(pair) + 1):
            value, digit = divmod(value, 45)
            text += BASE45[digit]
    return text


def code_bytes(text):
    if text.startswith("SP1:"):
        return base45(text[4:])
    body = text.rsplit("/", 1)[1]
    return base64.b32decode(body + "=" * (-len(body) % 8))


def public_keys(node):
    """Every SubjectPublicKeyInfo in a decoded bundle, under any field name."""
    if isinstance(node, dict):
        for value in node.values():
            yield from public_keys(value)
    elif isinstance(node, (list, tuple)):
        for value in node:
            yield from public_keys(value)
    elif isinstance(node, bytes) and len(node) in (44, 91) and node[0] == 0x30:
        yield node


def pem(spki):
    body = base64.b64encode(spki).decode()
    return "-----BEGIN PUBLIC KEY-----\n" + "\n".join(body[i:i + 64] for i in range(0, len(body), 64)) \
        + "\n-----END PUBLIC KEY-----\n"


def derived(digest, key, salt, info, count):
    """HKDF (RFC 5869), for at most one block of the digest."""
    extracted = hmac.new(salt or bytes(32), key, digest).digest()
    return hmac.new(extracted, info + b"\x01", digest).digest()[:count]


def claims_of(text):
    return cbor2.loads(cbor2.loads(code_bytes(text)).value[2])
