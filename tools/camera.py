"""Films for a browser's camera, and browsers that have one, none, or one that fails."""
import os
import shutil

import numpy as np
from PIL import Image

WIDTH, HEIGHT, RATE = 1280, 720, 10


def view(*pictures, seed=0):
    """One frame of grey: codes beside each other in front of a wall, with a sensor's noise."""
    random = np.random.default_rng(seed)
    frame = np.clip(random.normal(150, 6, (HEIGHT, WIDTH)), 0, 255).astype(np.uint8)
    for place, picture in enumerate(pictures):
        code = Image.open(picture).convert("L")
        # A whole number of pixels a module keeps the edges of a code as they are.
        factor = max(1, 420 // code.width)
        code = np.array(code.resize((code.width * factor, code.height * factor), Image.NEAREST)) // 2 + 90
        top, left = (HEIGHT - code.shape[0]) // 2, 60 + 600 * place + seed % 5
        frame[top:top + code.shape[0], left:left + code.shape[1]] = code
    return frame


def film(path, *scenes):
    """Writes a film that the browser plays again and again; a scene is pictures and their seconds."""
    with open(path, "wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{RATE}:1 Ip A1:1 C420jpeg\n".encode())
        seed = 0
        for pictures, seconds in scenes:
            for _ in range(int(seconds * RATE)):
                seed += 1
                file.write(b"FRAME\n" + view(*pictures, seed=seed).tobytes() + bytes([128]) * (WIDTH * HEIGHT // 2))
    return path


def still(path, picture):
    """A film whose frames are all the same, as of a camera that is stuck."""
    frame = b"FRAME\n" + view(picture, seed=1).tobytes() + bytes([128]) * (WIDTH * HEIGHT // 2)
    with open(path, "wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{RATE}:1 Ip A1:1 C420jpeg\n".encode() + frame * 3)
    return path


# A camera whose stream never has a picture, and one that stops after its first ones.
SILENT = "navigator.mediaDevices.getUserMedia = async () => new MediaStream(document.createElement('canvas')" \
         ".captureStream(0).getTracks())"


def browser(playwright, film=None, allowed=True, **more):
    """Chromium with a camera that plays a film; without a film it has no camera."""
    words = ["--no-sandbox"] if os.geteuid() == 0 else []
    if film:
        words += ["--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={film}"]
    words += ["--use-fake-ui-for-media-stream" if allowed else "--deny-permission-prompts"]
    # As the kiosk's browser is started: it may sound without being touched.
    words += ["--autoplay-policy=no-user-gesture-required"]
    return playwright.chromium.launch(executable_path=shutil.which("chromium"), args=words, **more)
