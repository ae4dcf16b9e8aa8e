"""A holder's phone in headless Chromium, a gate that looks at it, and an attacker's phone without a browser."""
import base64
import hashlib
import io
import json
import os
import re
import secrets
import shutil
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from PIL import Image

from browser_site import PATIENCE_SECONDS, WALLET

# The clock of the page's scripts, set wrong by some seconds.
WRONG_CLOCK = """(() => { const Right = Date, offset = OFFSET * 1000;
  globalThis.Date = class extends Right {
    constructor(...parts) { if (parts.length) super(...parts); else super(Right.now() + offset); }
    static now() { return Right.now() + offset; } }; })()"""
WATCH = """
addEventListener('securitypolicyviolation', event => console.error('CSP ' + event.violatedDirective));
globalThis.wakeLocks = 0;
globalThis.visibilities = [];
document.addEventListener('visibilitychange', () => visibilities.push(document.visibilityState));
if (navigator.wakeLock) {
  const request = navigator.wakeLock.request.bind(navigator.wakeLock);
  navigator.wakeLock.request = async kind => { globalThis.wakeLocks += 1; return request(kind); };
}"""


class Phone:
    """A browser with a memory of its own, which survives `close` and `open`."""

    def __init__(self, playwright, folder, origin, lang="zh-CN", clock_offset=0, width=390, **more):
        self.playwright, self.folder, self.origin, self.lang = playwright, folder, origin, lang
        self.clock_offset, self.width, self.more = clock_offset, width, more
        self.requests, self.errors = [], []
        self.open()

    def open(self):
        self.context = self.playwright.chromium.launch_persistent_context(
            self.folder, executable_path=shutil.which("chromium"), locale=self.lang,
            args=["--no-sandbox"] if os.geteuid() == 0 else [], viewport={"width": self.width, "height": 844},
            device_scale_factor=2, **self.more)
        self.context.set_default_timeout(PATIENCE_SECONDS * 1000)
        self.context.add_init_script(WATCH)
        if self.clock_offset:
            self.context.add_init_script(WRONG_CLOCK.replace("OFFSET", str(self.clock_offset)))
        self.page = self.context.pages[0]
        self.watch(self.page)

    def watch(self, page):
        page.on("console", lambda message: re.search("CSP|Content Security Policy|Trusted", message.text)
                and self.errors.append(message.text))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self.requests.append(request))

    def close(self):
        self.context.close()

    def restart(self):
        self.close()
        self.open()

    def visit(self, fragment=""):
        """Opens the wallet anew."""
        self.page.goto("about:blank")
        self.page.goto(f"{self.origin}/w/{fragment}")
        self.page.wait_for_selector('body[data-ready="yes"]')
        return self.page

    def receive(self, offer, pin=None, label=None):
        page = self.visit("#" + offer["link"].split("#")[1])
        page.click("#receive")
        if pin := pin or offer["pin"]:
            self.give(pin)
        page.wait_for_selector('#receiving[data-state="done"]')
        if label:
            page.fill("#label", label)
        page.click("#save-label")
        self.code()
        return page

    def give(self, pin):
        """Types a PIN, and waits for what comes of it."""
        page = self.page
        page.wait_for_selector("#pin")
        field = page.query_selector("#pin")
        page.fill("#pin", pin)
        page.click("#send-pin")
        page.wait_for_function("field => !field.isConnected", arg=field)
        page.wait_for_selector('#receiving:not([data-state="working"])')

    def code(self):
        """Waits for a code, and returns its canvas."""
        self.page.wait_for_selector("canvas[data-until]")
        return self.page.locator(".code canvas")

    def picture(self, path, width=300):
        """A picture of the code, as a gate's camera sees it."""
        image = Image.open(io.BytesIO(self.code().screenshot())).convert("RGB")
        if width:
            image = image.resize((width, width), Image.LANCZOS)
        image.save(path)
        return path

    def held(self, store="holdings"):
        """What the phone keeps."""
        return self.page.evaluate(
            """store => new Promise((resolve, reject) => {
                const opening = indexedDB.open('suishen-wallet');
                opening.onsuccess = () => {
                    const asked = opening.result.transaction(store).objectStore(store).getAll();
                    asked.onsuccess = () => { opening.result.close(); resolve(asked.result); };
                };
                opening.onerror = () => reject(opening.error); })""", store)


class Driver:
    """A Chromium by chromedriver (WebDriver), in which a tab behind another one is hidden."""

    def __enter__(self):
        self.process = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, text=True)
        for line in self.process.stdout:
            if found := re.search(r"successfully on port (\d+)", line):
                break
        self.base = f"http://127.0.0.1:{found[1]}/session"
        words = ["--headless=new"] + (["--no-sandbox"] if os.geteuid() == 0 else [])
        options = {"binary": shutil.which("chromium"), "args": words}
        made = self.post("", {"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}})
        self.base += "/" + made["sessionId"]
        return self

    def __exit__(self, *error):
        urllib.request.urlopen(urllib.request.Request(self.base, method="DELETE")).read()
        self.process.terminate()
        self.process.wait()

    def post(self, path, content):
        request = urllib.request.Request(self.base + path, json.dumps(content).encode(),
                                         {"Content-Type": "application/json"})
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)["value"]

    def cdp(self, name, parameters):
        return self.post("/goog/cdp/execute", {"cmd": name, "params": parameters})

    def visit(self, url):
        self.post("/url", {"url": url})

    def run(self, script):
        return self.post("/execute/sync", {"script": script, "args": []})

    def window(self):
        with urllib.request.urlopen(self.base + "/window") as answer:
            return json.load(answer)["value"]

    def new_window(self):
        self.post("/window", {"handle": self.post("/window/new", {"type": "tab"})["handle"]})

    def switch(self, handle):
        """Shows this tab."""
        self.post("/window", {"handle": handle})
        self.cdp("Page.bringToFront", {})


class Gate:
    """`verify` with the published tree of an issuer."""

    def __init__(self, site, folder, scene="park"):
        self.site, self.folder, self.scene = site, folder, scene
        os.makedirs(os.path.join(folder, "state"), exist_ok=True)

    def verdict(self, path, *words):
        done = subprocess.run(
            [os.path.join(self.site.binaries, "verify"), "scan", "--bundle", self.site.tree, "--scene", self.scene,
             "--state", os.path.join(self.folder, "state"), "--replay-store", os.path.join(self.folder, "replay"),
             *words, path], capture_output=True, text=True)
        if not done.stdout:
            return {"code": done.stderr}
        return json.loads(done.stdout.splitlines()[0])

    def code(self, path, *words):
        return self.verdict(path, *words)["code"]


def send(url, body, headers):
    """Posts without a browser, which alone knows names below `localhost`."""
    port, path = url.split("/", 3)[2].rsplit(":", 1)[1], url.split("/", 3)[3]
    headers = headers | {"Host": f"{WALLET}:{port}"}
    try:
        with urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}/{path}", body, headers)) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def b64(content):
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


class Thief:
    """Speaks to the service with a key of its own."""

    def __init__(self, origin):
        self.origin, self.key = origin, Ed25519PrivateKey.generate()
        public = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.jwk = {"crv": "Ed25519", "kty": "OKP", "x": b64(public)}

    def token(self, kind, payload):
        parts = [{"typ": kind, "alg": "EdDSA", "jwk": self.jwk}, payload]
        content = ".".join(b64(json.dumps(part).encode()) for part in parts)
        return f"{content}.{b64(self.key.sign(content.encode()))}"

    def nonce(self):
        return self.post("nonce", b"{}")[1]["c_nonce"]

    def proof(self, path, access=None):
        payload = {"jti": secrets.token_hex(16), "htm": "POST", "htu": f"{self.origin}/vci/{path}",
                   "iat": int(time.time()), "nonce": self.nonce()}
        if access:
            payload["ath"] = b64(hashlib.sha256(access.encode()).digest())
        return self.token("dpop+jwt", payload)

    def post(self, path, body, **fields):
        """The status and the answer of a request."""
        kind = "application/x-www-form-urlencoded" if path == "token" else "application/json"
        headers = {"Content-Type": kind} | {name.replace("_", "-"): value for name, value in fields.items()}
        return send(f"{self.origin}/vci/{path}", body, headers)

    def grant(self, proof=None, **form):
        return self.post("token", urllib.parse.urlencode(form).encode(), DPoP=proof or self.proof("token"))

    def ask(self, path, access, body=b"{}", proof=None, **fields):
        return self.post(path, body, DPoP=proof or self.proof(path, access), Authorization=f"DPoP {access}", **fields)
