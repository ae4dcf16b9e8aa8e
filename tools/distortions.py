"""Draws our own codes as a camera may see them, for tools/bench-scanner: codes and distortions of their pictures.

A distortion is a function of a text and a seed, and returns a grey picture. Distortions in TWO show the text's halves;
distortions in LARGE show more than twice the text.
"""
import ctypes

import cv2
import numpy as np

encode = ctypes.CDLL("libqrencode.so.4")


class Code(ctypes.Structure):
    _fields_ = [("version", ctypes.c_int), ("width", ctypes.c_int), ("data", ctypes.POINTER(ctypes.c_ubyte))]


encode.QRcode_encodeString.restype = ctypes.POINTER(Code)


def draw(text, pixels, level=1):
    code = encode.QRcode_encodeString(text.encode(), 0, level, 2, 1).contents
    size = code.width
    modules = np.array([code.data[i] & 1 for i in range(size * size)], np.uint8).reshape(size, size)
    grey = np.pad(np.where(modules == 1, 20, 235), 4, constant_values=235)
    return np.kron(grey, np.ones((pixels, pixels))).astype(np.uint8)


def tilt(image, degrees):
    h, w = image.shape
    near, angle = 1.6 * w, np.radians(degrees)
    places = []
    for x, y in [(-w / 2, -h / 2), (w / 2, -h / 2), (w / 2, h / 2), (-w / 2, h / 2)]:
        depth = near + y * np.sin(angle)
        places.append((w / 2 + x * near / depth, h / 2 + y * np.cos(angle) * near / depth))
    plane = cv2.getPerspectiveTransform(np.float32([(0, 0), (w, 0), (w, h), (0, h)]), np.float32(places) + 20)
    return cv2.warpPerspective(image, plane, (w + 40, h + 40), flags=cv2.INTER_AREA, borderValue=128)


def view(text, seed, tilt, turn=360, pixels=(3.2, 6), change=None, level=1):
    """A code seen askew: tilted around any axis, turned by up to `turn` degrees, at any size.

    `change` alters the drawn code, at eight pixels a module, before it is seen.
    """
    random = np.random.default_rng(seed + 1000 * tilt)
    source = draw(text, 8, level)
    side = source.shape[0] / 8 * random.uniform(*pixels)
    axis, angle = random.uniform(0, 2 * np.pi), np.radians(tilt)
    turned = np.radians(random.uniform(-turn / 2, turn / 2))
    across = np.array([[0, 0, np.sin(axis)], [0, 0, -np.cos(axis)], [-np.sin(axis), np.cos(axis), 0]])
    lean = np.eye(3) + np.sin(angle) * across + (1 - np.cos(angle)) * across @ across
    places = []
    for x, y in [(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)]:
        x, y = x * np.cos(turned) - y * np.sin(turned), x * np.sin(turned) + y * np.cos(turned)
        seen = lean @ (x, y, 0)
        places.append(seen[:2] * side * 1.6 / (1.6 + seen[2]))
    places = np.array(places) - np.min(places, 0) + 10
    size = np.ceil(places.max(0) + 10).astype(int)
    corners = np.float32([(0, 0), (1, 0), (1, 1), (0, 1)]) * source.shape[0]
    plane = cv2.getPerspectiveTransform(corners, np.float32(places * 3))
    if change:
        source = change(source, random)
    large = cv2.warpPerspective(source, plane, tuple(int(s) * 3 for s in size), borderValue=128)
    return cv2.resize(large, tuple(int(s) for s in size), interpolation=cv2.INTER_AREA)


def around_a_can(half, image, random):
    """Paper around an upright or lying cylinder; it covers `half` degrees to either side."""
    side, angle = image.shape[0], np.radians(half)
    upright = random.random() < 0.5
    y, x = np.mgrid[0:side, 0:side].astype(np.float32) / side - 0.5
    round_, along = (x, y) if upright else (y, x)
    turned = np.arcsin(np.clip(2 * round_ * np.sin(angle), -1, 1))
    depth = (1 - np.cos(turned)) / (2 * angle)
    round_, along = turned / (2 * angle), along * (1.8 + depth) / 1.8
    x, y = (round_, along) if upright else (along, round_)
    return cv2.remap(image, ((x + 0.5) * side).astype(np.float32), ((y + 0.5) * side).astype(np.float32),
                     cv2.INTER_LINEAR, borderValue=128)


def crumple(modules, image, random):
    """Crumpled paper, whose points are shifted by some modules."""
    side = image.shape[0]
    y, x = np.mgrid[0:side, 0:side].astype(np.float32)
    right, down = (cv2.resize(random.normal(0, 8 * modules, (4, 4)).astype(np.float32), (side, side),
                              interpolation=cv2.INTER_CUBIC) for _ in range(2))
    return cv2.remap(image, x + right, y + down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def soil(share, image, random):
    """Stains of ink, paper and grey over a share of the code, none of them on a finder pattern's middle."""
    side, left, result = image.shape[0], share, image.copy()
    while left > 0:
        radius = random.uniform(0.01, 0.05)
        x, y = random.uniform(0.2, 0.8, 2) if random.random() < 0.6 else random.uniform([0.35, 0.1], [0.65, 0.9])
        cv2.circle(result, (int(x * side), int(y * side)), int(radius * side), int(random.choice([20, 128, 235])), -1)
        left -= np.pi * radius * radius
    return result


def scratch(count, image, random):
    side, result = image.shape[0], image.copy()
    for _ in range(count):
        begin, end = (tuple(int(c) for c in random.uniform(0, side, 2)) for _ in range(2))
        cv2.line(result, begin, end, int(random.choice([20, 240])), int(random.uniform(0.004, 0.012) * side))
    return result


def shade(image, depth):
    h, w = image.shape
    y, x = np.mgrid[0:h, 0:w]
    return (image * (1 - depth * (x / w + y / h) / 2)).astype(np.uint8)


def shadows(image, depth, seed):
    """Shadows with edges, one over another."""
    random = np.random.default_rng(seed)
    shadow = np.zeros(image.shape, np.float32)
    for _ in range(2):
        corners = (random.uniform(-0.2, 1.2, (4, 2)) * image.shape[::-1]).astype(np.int32)
        cv2.fillConvexPoly(shadow, cv2.convexHull(corners), 1.0)
    return (image * (1 - depth * cv2.GaussianBlur(shadow, (0, 0), 2))).astype(np.uint8)


def beside(first, second):
    height = max(first.shape[0], second.shape[0])
    return np.hstack([np.pad(i, ((0, height - i.shape[0]), (0, 0)), constant_values=128) for i in (first, second)])


def glare(image, share, across=0.6, down=0.55):
    h, w = image.shape
    y, x = np.mgrid[0:h, 0:w]
    spot = 400 * np.exp(-((x - w * across) ** 2 + (y - h * down) ** 2) / (2 * (share * w) ** 2))
    return np.clip(image + spot, 0, 255).astype(np.uint8)


def gleam(image, share, seed):
    """A lamp's strip across the picture."""
    h, w = image.shape
    y, x = np.mgrid[0:h, 0:w]
    random = np.random.default_rng(seed)
    angle = random.uniform(0, np.pi)
    distance = (x - w * random.uniform(0.4, 0.6)) * np.cos(angle) + (y - h * random.uniform(0.4, 0.6)) * np.sin(angle)
    return np.clip(image + 300 * np.exp(-(distance**2) / (2 * (share * w) ** 2)), 0, 255).astype(np.uint8)


def noise(image, sigma, seed):
    return np.clip(image + np.random.default_rng(seed).normal(0, sigma, image.shape), 0, 255).astype(np.uint8)


def blur(image, sigma):
    return cv2.GaussianBlur(image, (0, 0), sigma)


def bend(image, pixels):
    h, w = image.shape
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    bent = (y + pixels * np.sin(x / w * np.pi)).astype(np.float32)
    return cv2.remap(image, x, bent, cv2.INTER_LINEAR, borderValue=128)


def move(image, pixels, seed):
    """Motion of the camera during the exposure, in any direction."""
    angle, middle = np.random.default_rng(seed).uniform(0, np.pi), pixels
    kernel = np.zeros((2 * pixels + 1, 2 * pixels + 1), np.float32)
    for step in np.linspace(-pixels / 2, pixels / 2, 8 * pixels):
        kernel[round(middle + step * np.sin(angle)), round(middle + step * np.cos(angle))] += 1
    return cv2.filter2D(image, -1, kernel / kernel.sum())


def screen(image, seed):
    """A screen's own pixels, and the band of its refreshing."""
    h, w = image.shape
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:h, 0:w]
    angle, period = random.uniform(-0.3, 0.3), random.uniform(1.6, 3.5)
    along, down = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    waves = [0.35 * (0.5 + 0.5 * np.cos(2 * np.pi * place / length))
             for place, length in ((along, period), (down, period), (y, random.uniform(60, 200)))]
    return np.clip(image * 1.4 * np.prod([1 - wave for wave in waves], axis=0), 0, 255).astype(np.uint8)


def jpeg(image, quality):
    return cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], 0)


def wide(image, width=300):
    return cv2.resize(image, (width, width), interpolation=cv2.INTER_AREA)


def turn(image):
    return cv2.warpAffine(image, cv2.getRotationMatrix2D((200, 200), 30, 0.7), (440, 440), borderValue=128)


def pale(image, share, level):
    return (image * share + level).astype(np.uint8)


def fixed_modules(size):
    """Which modules are finder patterns with their borders, and which are timing or alignment patterns."""
    finders, others = np.zeros((size, size), bool), np.zeros((size, size), bool)
    finders[:8, :8] = finders[:8, -8:] = finders[-8:, :8] = True
    others[6, :] = others[:, 6] = True
    count = (size - 17) // 4 // 7 + 2
    if size > 21:
        step = -(-(size - 13) // (2 * (count - 1))) * 2
        centres = [6] + [size - 7 - step * i for i in range(count - 2, -1, -1)]
        for y in centres:
            for x in centres:
                others[y - 2 : y + 3, x - 2 : x + 3] = True
    return finders, others & ~finders


def gaps(share, image, random, pixels=8):
    """Light lines between the modules, that take a share of each module's side."""
    result, gap = image.copy(), max(1, round(share * pixels))
    for first in range(gap):
        result[first::pixels] = result[:, first::pixels] = 235
    return result


def dots(share, image, random, pixels=8, ground=None, patterns="finders", shape=None):
    """Modules as dots, round or square, whose side is a share of the module's.

    `ground` is the picture between the dots: light without one. `patterns` are drawn in full: finders, or all. A shape
    that is not given is drawn at random.
    """
    shape = shape or random.choice(["round", "square"])
    side = image.shape[0] // pixels
    finders, others = (np.pad(kind, 4) for kind in fixed_modules(side - 8))
    whole = finders if patterns == "finders" else finders | others
    y, x = np.mgrid[0:pixels, 0:pixels] + 0.5 - pixels / 2
    radius = share * pixels / 2
    dot = x * x + y * y < radius * radius * 1.1 if shape == "round" else np.maximum(abs(x), abs(y)) < radius
    inside = np.pad(np.ones((side - 8, side - 8), bool), 4) & ~whole
    replaced = np.kron(inside, np.ones((pixels, pixels), bool)) & ~np.tile(dot, (side, side))
    return np.where(replaced, 235 if ground is None else ground, image).astype(np.uint8)


def photograph(side, seed):
    """What a photograph may be: light and dark areas with soft and hard edges."""
    random = np.random.default_rng(seed)
    areas = random.uniform(30, 225, (6, 6)).astype(np.float32)
    picture = cv2.resize(areas, (side, side), interpolation=cv2.INTER_CUBIC)
    for _ in range(6):
        place = tuple(int(c) for c in random.uniform(0, side, 2))
        cv2.circle(picture, place, int(random.uniform(0.05, 0.25) * side), float(random.uniform(20, 235)), -1)
    return np.clip(picture, 0, 255)


def halftone(image, seed, pixels):
    """A photograph in black and white points of a third of a module, with the code in each module's middle third."""
    side = image.shape[0] // pixels * 3
    random = np.random.default_rng(seed)
    points = np.where(photograph(side, seed) > random.uniform(40, 215, (side, side)), 235, 20).astype(np.uint8)
    ground = cv2.resize(points, image.shape[::-1], interpolation=cv2.INTER_NEAREST)
    return dots(1 / 3, image, None, pixels, ground, shape="square")


def halves(text):
    return text[: len(text) // 2], text[len(text) // 2 :]


def large(text):
    return text + text + text[:99]


def both(text, seed, change):
    first, second = halves(text)
    return beside(view(first, seed, 20), change(view(second, seed, 25)))


def changed(change, amount, tilt=15, pixels=(4, 6), level=1):
    """A camera's view of a code that was first changed by some amount."""
    def distort(text, seed):
        image = view(text, seed, tilt, pixels=pixels, change=lambda i, random: change(amount, i, random), level=level)
        return noise(blur(image, 0.7), 4, seed)
    return distort


# Pixels of a module, and of these the gap's.
GAPS = [(10, 2), (11, 1), (12, 2), (13, 3), (24, 4), (7, 1), (10, 3), (5, 1), (16, 5), (30, 6)]


def spaced(text, seed):
    pixels, gap = GAPS[seed % len(GAPS)]
    return gaps(gap / pixels, draw(text, pixels), None, pixels)


# Pixels of a module, and the dot's share of its side.
DOTS = [(9, 1 / 3), (12, 0.4), (6, 0.5), (15, 1 / 3), (10, 0.5), (8, 0.4), (20, 0.35), (30, 1 / 3), (12, 0.7),
        (6, 1 / 3)]


def dotted(text, seed, over_picture=False, patterns="finders"):
    pixels, share = DOTS[seed % len(DOTS)]
    image = draw(text, pixels, 3)
    ground = photograph(image.shape[0], seed) if over_picture else None
    return dots(share, image, None, pixels, ground, patterns, "square" if seed % 2 else "round")


DISTORTIONS = {
    "plain": lambda t, s: draw(t, 5),
    "blur 1": lambda t, s: blur(wide(draw(t, 8)), 1),
    "blur 2": lambda t, s: blur(wide(draw(t, 8)), 2),
    "noise 40": lambda t, s: noise(wide(draw(t, 8)), 40, s),
    "tilt 20": lambda t, s: wide(tilt(draw(t, 8), 20)),
    "tilt 35": lambda t, s: wide(tilt(draw(t, 8), 35)),
    "turned 30, tilt 20": lambda t, s: turn(tilt(draw(t, 6), 20)),
    "jpeg 30": lambda t, s: jpeg(draw(t, 4), 30),
    "low contrast": lambda t, s: noise(pale(draw(t, 4), 0.06, 120), 1, s),
    "glare": lambda t, s: glare(draw(t, 5), 0.12),
    "gleam": lambda t, s: noise(gleam(view(t, s, 15), 0.03, s), 4, s),
    "tilt 35, any axis": lambda t, s: view(t, s, 35),
    "tilt 35, noise 15": lambda t, s: noise(blur(view(t, s, 35, pixels=(4, 6)), 0.8), 15, s),
    "tilt 35, noise 30": lambda t, s: noise(view(t, s, 35, pixels=(4, 6)), 30, s),
    "tilt 35, blur 1": lambda t, s: blur(view(t, s, 35, pixels=(4, 6)), 1),
    "tilt 35, jpeg 30": lambda t, s: jpeg(view(t, s, 35), 30),
    "tilt 35, glare": lambda t, s: glare(view(t, s, 35, pixels=(4, 6)), 0.08, 0.3 + s % 5 / 10, 0.3 + s % 3 / 5),
    "tilt 35, pale": lambda t, s: noise(pale(view(t, s, 35, pixels=(4, 6)), 0.06, 120), 1, s),
    "tilt 50": lambda t, s: view(t, s, 50, pixels=(5, 8)),
    "pale, noise": lambda t, s: noise(pale(draw(t, 4), 0.1, 100), 4, s),
    "turned": lambda t, s: view(t, s, 0, pixels=(2.4, 5)),
    "dense": lambda t, s: noise(blur(view(large(t), s, 15, pixels=(3, 4)), 0.6), 5, s),
    "dim, uneven": lambda t, s: noise((shade(view(t, s, 10), 0.9) * 0.5).astype(np.uint8), 1.5, s),
    "dark, noise": lambda t, s: noise((blur(view(t, s, 10), 0.8) * 0.12).astype(np.uint8), 3, s),
    "shadows": lambda t, s: noise(shadows(view(t, s, 15), 0.6, s), 4, s),
    "moved by 4": lambda t, s: move(draw(t, 4), 4, s),
    "bent": lambda t, s: bend(draw(t, 5), 10),
    "around a can": changed(around_a_can, 35),
    "around a can, dense": lambda t, s: changed(around_a_can, 25, pixels=(4, 5))(large(t), s),
    "crumpled": changed(crumple, 0.5),
    "soiled": changed(soil, 0.03),
    "soiled, level H": changed(soil, 0.07, level=3),
    "scratched": changed(scratch, 5),
    "on a screen": lambda t, s: screen(view(t, s, 10, pixels=(4, 6)), s),
    "in a mirror": lambda t, s: view(t, s, 15)[:, ::-1].copy(),
    "inverted": lambda t, s: 255 - view(t, s, 15),
    "inverted beside": lambda t, s: both(t, s, lambda image: 255 - image),
    "two codes": lambda t, s: both(t, s, lambda image: image),
    "2 pixels a module": lambda t, s: noise(blur(draw(t, 2), 0.5), 4, s),
    "2 pixels, noise 40": lambda t, s: noise(draw(t, 2), 40, s),
    "2 pixels, jpeg 30": lambda t, s: jpeg(draw(t, 2), 30),
    "3 pixels a module": lambda t, s: noise(blur(draw(t, 3), 0.8), 8, s),
    "4 pixels a module": lambda t, s: noise(blur(draw(t, 4), 1.2), 8, s),
    "gaps": lambda t, s: spaced(t, s),
    "gaps, inverted": lambda t, s: 255 - spaced(t, s),
    "gaps, tilt 20": changed(gaps, 0.2, tilt=20),
    "dots": lambda t, s: dotted(t, s),
    "dots, patterns whole": lambda t, s: dotted(t, s, patterns="all"),
    "dots, inverted": lambda t, s: 255 - dotted(t, s),
    "dots over a picture": lambda t, s: dotted(t, s, over_picture=True),
    "halftone": lambda t, s: halftone(draw(t, 3 + 3 * (s % 4), 3), s, 3 + 3 * (s % 4)),
    "dots, tilt 20": changed(dots, 0.5, tilt=20),
}

TWO = {"two codes", "inverted beside"}
LARGE = {"dense", "around a can, dense"}
LENGTHS = [140, 220, 300, 380, 460]


def pictures(count):
    """`count` pictures of each distortion: its name, a number, the picture and the texts to be read in it."""
    random = np.random.default_rng(1)
    letters = list("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
    for name, distort in DISTORTIONS.items():
        for index in range(count):
            text = "SP1:" + "".join(random.choice(letters, LENGTHS[index % len(LENGTHS)]))
            shown = halves(text) if name in TWO else [large(text) if name in LARGE else text]
            yield name, index, distort(text, index), list(shown)
