"""Transparency logs by C2SP's tlog-tiles, tlog-checkpoint, signed-note and tlog-cosignature.

A writer and a reader that share no code with the project. An honest log gives the same root from its entries, from its
tiles and from its signed checkpoint.
"""
import base64
import hashlib
import os

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

WIDTH = 256
LOG_KEY, COSIGNATURE = 0x01, 0x04


class Broken(Exception):
    """A fault that a reader finds in a log."""


def require(holds, what):
    if not holds:
        raise Broken(what)


def leaf_hash(entry):
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def tree_hash(hashes):
    """The Merkle tree hash over leaves or over the roots of equally large full subtrees (RFC 6962 section 2.1)."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return node_hash(tree_hash(hashes[:split]), tree_hash(hashes[split:]))


def tile_path(level, index, width):
    groups = [f"{index % 1000:03}"]
    while index >= 1000:
        index //= 1000
        groups.insert(0, f"x{index % 1000:03}")
    return f"tile/{level}/{'/'.join(groups)}" + (f".p/{width}" if width < WIDTH else "")


def chunks(items):
    return ((index, items[start:start + WIDTH]) for index, start in enumerate(range(0, len(items), WIDTH)))


def next_level(hashes):
    """The roots of the full tiles of one level: the hashes of the level above."""
    return [tree_hash(tile) for _, tile in chunks(hashes) if len(tile) == WIDTH]


def key_id(name, kind, public):
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


def raw(private):
    return private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def verifier_key(name, private):
    public = raw(private)
    return f"{name}+{key_id(name, LOG_KEY, public).hex()}+{base64.b64encode(bytes([LOG_KEY]) + public).decode()}"


def signature_line(name, identifier, signature):
    return f"\u2014 {name} {base64.b64encode(identifier + signature).decode()}\n"


def signed_by_log(text, name, private):
    return signature_line(name, key_id(name, LOG_KEY, raw(private)), private.sign(text.encode()))


def cosigned_by_witness(text, name, private, time):
    signature = private.sign(f"cosignature/v1\ntime {time}\n{text}".encode())
    return signature_line(name, key_id(name, COSIGNATURE, raw(private)), time.to_bytes(8, "big") + signature)


def write_file(folder, path, content):
    whole = os.path.join(folder, path)
    os.makedirs(os.path.dirname(whole), exist_ok=True)
    with open(whole, "wb") as file:
        file.write(content)


def write_log(folder, entries, origin, name, private, extensions=(), others=lambda text: "", bundles=True):
    """Writes a whole log; `others` returns further signature lines over its text."""
    level, hashes = 0, [leaf_hash(entry) for entry in entries]
    root = tree_hash(hashes)
    while hashes:
        for index, tile in chunks(hashes):
            write_file(folder, tile_path(level, index, len(tile)), b"".join(tile))
        level, hashes = level + 1, next_level(hashes)
    for index, bundle in chunks(entries) if bundles else ():
        write_file(folder, tile_path("entries", index, len(bundle)),
                   b"".join(len(entry).to_bytes(2, "big") + entry for entry in bundle))
    text = "".join(f"{line}\n" for line in (origin, len(entries), base64.b64encode(root).decode(), *extensions))
    note = f"{text}\n{others(text)}{signed_by_log(text, name, private)}"
    write_file(folder, "checkpoint", note.encode())


def read_file(folder, path):
    try:
        with open(os.path.join(folder, path), "rb") as file:
            return file.read()
    except FileNotFoundError:
        raise Broken(f"{path} is not there") from None


def read_checkpoint(note, vkey):
    """Origin, size and root of a note that the key has signed; signatures of other keys are ignored."""
    name, identifier, encoded = vkey.split("+", 2)
    kind, public = base64.b64decode(encoded)[0], base64.b64decode(encoded)[1:]
    require(kind == LOG_KEY and key_id(name, kind, public).hex() == identifier, "the key does not match its hash")
    content = note.decode()
    require(content.endswith("\n") and not any(c < " " and c != "\n" for c in content), "the note is not text")
    text, _, lines = content.rpartition("\n\n")
    text += "\n"
    known = 0
    for line in lines.splitlines():
        dash, signer, signature = line.split(" ")
        require(dash == "\u2014", "a signature line opens with an em dash")
        signature = base64.b64decode(signature, validate=True)
        if (signer, signature[:4].hex()) == (name, identifier):
            try:
                Ed25519PublicKey.from_public_bytes(public).verify(signature[4:], text.encode())
            except InvalidSignature:
                raise Broken("the log's signature does not hold") from None
            known += 1
    require(known > 0, "the log has not signed its checkpoint")
    origin, size, root, *extensions = text[:-1].split("\n")
    require(origin and str(int(size)) == size and "" not in extensions, "the checkpoint's lines are malformed")
    return origin, int(size), base64.b64decode(root, validate=True)


def read_entries(folder, size):
    entries = []
    for index in range(-(-size // WIDTH)):
        width = min(WIDTH, size - index * WIDTH)
        path = tile_path("entries", index, width)
        content, position = read_file(folder, path), 0
        for _ in range(width):
            end = position + 2 + int.from_bytes(content[position:position + 2], "big")
            require(position + 2 <= len(content) and end <= len(content), f"{path} ends within an entry")
            entries.append(content[position + 2:end])
            position = end
        require(position == len(content), f"{path} holds more than {width} entries")
    return entries


def read_level(folder, level, count):
    hashes = []
    for index in range(-(-count // WIDTH)):
        width = min(WIDTH, count - index * WIDTH)
        path = tile_path(level, index, width)
        content = read_file(folder, path)
        require(len(content) == width * 32, f"{path} is not {width} hashes long")
        hashes += [content[start:start + 32] for start in range(0, len(content), 32)]
    return hashes


def root_of_tiles(folder, size):
    """The leaf hashes, and the root from the partial tiles; full tiles are compared with the tiles above."""
    levels, count = [], size
    while count:
        levels.append(read_level(folder, len(levels), count))
        count //= WIDTH
    for number, (below, above) in enumerate(zip(levels, levels[1:])):
        require(next_level(below) == above, f"the tiles of level {number + 1} do not match the tiles below")
    peaks = []
    for hashes in reversed(levels):
        edge = hashes[len(hashes) // WIDTH * WIDTH:]
        while edge:
            width = 1 << len(edge).bit_length() - 1
            peaks.append(tree_hash(edge[:width]))
            edge = edge[width:]
    root = peaks.pop() if peaks else tree_hash([])
    while peaks:
        root = node_hash(peaks.pop(), root)
    return levels[0] if levels else [], root


def read_log(folder, vkey):
    """Checks everything that a checkpoint covers; returns its origin, size and entries."""
    origin, size, root = read_checkpoint(read_file(folder, "checkpoint"), vkey)
    leaves, tile_root = root_of_tiles(folder, size)
    require(tile_root == root, "the root over the tiles is not the checkpoint's")
    entries = read_entries(folder, size)
    require([leaf_hash(entry) for entry in entries] == leaves, "the entries do not match the tiles' hashes")
    require(tree_hash(leaves) == root, "the root over the entries is not the checkpoint's")
    return origin, size, entries
