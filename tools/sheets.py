"""Draws pictures that tools/bench-scanner reads beside photographs: sheets of labels, colours, transparency, damage.

Each picture is a file, since colours and damage are the file's. Every code of a picture must be read.
"""
import io

import numpy as np
from PIL import Image

from distortions import draw

COUNTS = (1, 4, 12, 40)
MODULES = (2, 3, 5, 8)
SIDES = (800, 1600, 3000, 6000)
GROUPS = [f"sheet of {n}" for n in COUNTS] + ["strip", "colours", "transparent", "damaged"]
# Pairs of one luma (ITU-R BT.601), dark first.
COLOURS = [((255, 0, 0), (0, 130, 0)), ((0, 130, 0), (255, 0, 0)), ((0, 0, 255), (97, 0, 0)),
           ((200, 100, 100), (100, 145, 130)), ((120, 120, 220), (140, 130, 90)), ((230, 90, 10), (90, 150, 50))]
# Dark and light as grey with alpha.
ALPHAS = [((255, 255), (0, 0)), ((0, 0), (255, 255)), ((0, 255), (0, 0)), ((255, 0), (0, 255)), ((255, 90), (255, 0))]


def label(index, seed):
    return f"HTTPS://EXAMPLE.CN/O/{seed:02d}{index:03d}"


def sheet(count, module, side, seed):
    """Labels at random places of a grid; None if they do not fit."""
    random = np.random.default_rng(seed)
    codes = [draw(label(i, seed), module) for i in range(count)]
    cell = codes[0].shape[0] + 6
    columns = side // cell
    if columns * columns < count:
        return None
    image = np.full((side, side), 235, np.uint8)
    for place, code in zip(random.choice(columns * columns, count, replace=False), codes):
        x, y = place % columns * cell + random.integers(0, 6), place // columns * cell + random.integers(0, 6)
        image[y:y + code.shape[0], x:x + code.shape[1]] = code
    return image


def strip(seed, tall):
    random = np.random.default_rng(seed)
    image = np.full((12000, 1080), 245, np.uint8)
    code = draw(label(0, seed), int(random.integers(2, 5)))
    x, y = random.integers(0, 1080 - code.shape[1]), random.integers(0, 12000 - code.shape[0])
    for line in range(0, 12000, 36):
        for word in range(20, 1000, 60):
            image[line + 8:line + 24, word:word + int(random.integers(10, 50))] = random.integers(0, 120)
    image[y:y + code.shape[0], x:x + code.shape[1]] = code
    return image if tall else np.ascontiguousarray(image.T)


def encoded(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def coloured(dark, light, seed):
    ink = draw(label(0, seed), 5)[:, :, None] < 128
    return np.where(ink, np.array(dark, np.uint8), np.array(light, np.uint8))


def damaged(seed):
    """A sheet's upper half, as a file that ends before the lower one; or with foreign bytes before a marker."""
    image = np.vstack([sheet(4, 4, 420, seed), np.random.default_rng(seed).integers(0, 255, (600, 420)).astype(np.uint8)])
    kind = ("PNG", "JPEG", "JPEG", "JPEG")[seed % 4]
    whole = encoded(Image.fromarray(image), kind, **({"progressive": True} if seed % 4 == 2 else {}))
    if seed % 4 == 3:
        at = whole.index(b"\xff\xda")
        return ".jpg", whole[:at] + b"\x01\x02\x03" + whole[at:]
    # A progressive file has the whole picture roughly in its first scans.
    return "." + kind.lower(), whole[:int(len(whole) * (0.9 if seed % 4 == 2 else 0.7))]


def pictures(count):
    """Yields a row's name, a file's ending, its bytes and the texts on it; `count` pictures a row where they differ."""
    for number in COUNTS:
        for module in MODULES:
            for side in SIDES:
                image = sheet(number, module, side, side // 100 + module)
                if image is not None:
                    seed = side // 100 + module
                    texts = [label(i, seed) for i in range(number)]
                    yield f"sheet of {number}", ".png", encoded(Image.fromarray(image), "PNG"), texts
    for seed in range(count):
        yield "strip", ".png", encoded(Image.fromarray(strip(seed, seed % 2 == 0)), "PNG"), [label(0, seed)]
        dark, light = COLOURS[seed % len(COLOURS)]
        kind = ("PNG", "JPEG")[seed % 2]
        yield "colours", "." + kind.lower(), encoded(Image.fromarray(coloured(dark, light, seed)), kind), [label(0, seed)]
        dark, light = ALPHAS[seed % len(ALPHAS)]
        yield "transparent", ".png", encoded(Image.fromarray(coloured(dark, light, seed), "LA"), "PNG"), [label(0, seed)]
        ending, content = damaged(seed)
        yield "damaged", ending, content, [label(i, seed) for i in range(4)]
