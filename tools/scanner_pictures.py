"""Pictures for tools/scanner-test, as pixels for the browser and as files for the command."""
import ctypes
import glob
import itertools
import json
import os
import subprocess

import numpy as np
from PIL import Image, ImageFile

try:
    import distortions
except ModuleNotFoundError:
    distortions = None

ImageFile.LOAD_TRUNCATED_IMAGES = True
# Where files are made; tools/scanner-test sets it.
FOLDER = "."
NUMBERS = itertools.count()
WIDTH, HEIGHT = 1280, 720


class Picture:
    """A picture as a PNG for the command, and its pixels for the page: a byte of grey each, or four of colours."""

    def __init__(self, group, name, image):
        self.group, self.name = group, name
        self.is_opaque = "A" not in image.getbands() and "transparency" not in image.info
        image = image.convert("L" if self.is_opaque and image.mode in ("1", "L", "I", "I;16") else "RGBA")
        self.width, self.height = image.size
        self.path = os.path.join(FOLDER, f"{next(NUMBERS)}.png")
        self.pixels_path = self.path + ".raw"
        image.save(self.path, compress_level=1)
        with open(self.pixels_path, "wb") as file:
            file.write(image.tobytes())


def all_pictures(root, pixels_max, count):
    files = []
    for folder in ("fixtures/scans", "fixtures/pictures", "../shared/cases", "../shared/photos/img"):
        for path in sorted(glob.glob(os.path.join(root, folder, "**"), recursive=True)):
            if path.endswith((".png", ".jpg")):
                files.append((folder.removeprefix("../"), path))
    pictures = []
    for folder, path in files:
        image = Image.open(path)
        if image.width * image.height > pixels_max:
            continue
        image.load()
        pictures.append(Picture(folder, os.path.relpath(path, root), opened(image)))
    if distortions is None:
        print("scanner-test: no cv2: pictures of distortions are left out")
    else:
        for name, index, image, _ in distortions.pictures(count):
            if image.size <= pixels_max:
                pictures.append(Picture("distortions", f"{name} {index}", Image.fromarray(image)))
    for name, image in without_codes():
        pictures.append(Picture("without codes", name, Image.fromarray(image)))
    return pictures


def opened(image):
    """The picture with 8 bits a channel, as the command reads it too: more bits are rounded in many ways."""
    if image.mode.startswith("I"):
        return Image.fromarray((np.asarray(image).astype(np.uint32) >> 8).astype(np.uint8))
    return image.convert("RGB") if image.mode in ("CMYK", "YCbCr") else image


def without_codes():
    random = np.random.default_rng(7)
    yield "noise", random.integers(0, 256, (480, 640), np.uint8)
    yield "noise in colours", random.integers(0, 256, (240, 320, 3), np.uint8)
    yield "blank", np.full((480, 640), 255, np.uint8)
    yield "stripes", np.tile(np.repeat(np.uint8([0, 255]), 5), (300, 40))
    yield "checks", np.kron(np.indices((40, 40)).sum(0) % 2 * 255, np.ones((7, 7))).astype(np.uint8)
    yield "a line", np.zeros((1, 300), np.uint8)
    yield "a ramp", np.tile(np.arange(256, dtype=np.uint8), (200, 2))


def native(binaries, pictures):
    """The lines of `verify decode --json` by path, without the picture's name."""
    lines = {picture.path: [] for picture in pictures}
    command = [os.path.join(binaries, "verify"), "decode", "--json", "--no-zbar", "--budget", "none"]
    batches = [list(lines)[first::2] for first in (0, 1)]
    processes = [subprocess.Popen(command + batch, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
                 for batch in batches if batch]
    for process in processes:
        for line in process.communicate()[0].splitlines():
            fields = json.loads(line)
            lines[fields.pop("image")].append(fields)
    return lines


class Frame:
    def __init__(self, path):
        self.path = path


def frame(texts, is_damaged=False):
    """A frame of a film that shows these codes beside one another, on paper in noise."""
    random = np.random.default_rng(3)
    grey = np.clip(random.normal(120, 6, (HEIGHT, WIDTH)), 0, 255).astype(np.uint8)
    for place, text in enumerate(texts):
        code = drawn(text, 6)
        if is_damaged:
            # The timing patterns and finder patterns stay, so that the code is still seen.
            code[130:300, 130:300] = 128
        top, left = 60, 60 + 620 * place
        grey[top:top + code.shape[0], left:left + code.shape[1]] = code
    path = os.path.join(FOLDER, f"{next(NUMBERS)}.png")
    Image.fromarray(grey).save(path, compress_level=1)
    return Frame(path)


def drawn(text, pixels):
    """A code as libqrencode makes it, in grey."""
    class Code(ctypes.Structure):
        _fields_ = [("version", ctypes.c_int), ("width", ctypes.c_int), ("data", ctypes.POINTER(ctypes.c_ubyte))]

    library = ctypes.CDLL("libqrencode.so.4")
    library.QRcode_encodeString.restype = ctypes.POINTER(Code)
    code = library.QRcode_encodeString(text.encode(), 0, 1, 2, 1).contents
    dark = np.ctypeslib.as_array(code.data, (code.width, code.width)) & 1
    grey = np.pad(np.where(dark == 1, 60, 190), 4, constant_values=190)
    return np.kron(grey, np.ones((pixels, pixels))).astype(np.uint8)
