"""Checks of tools/gate-test: the kiosk with its camera, its faults, its restarts and its safety."""
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import time

from axe_playwright_python.sync_playwright import Axe

import camera
from browser_site import PATIENCE_SECONDS, USCC, Site, until
from gate_codes import Codes
from gate_public import opened, scanned, typed
from phone_access import RULES


class Scene:
    """Issuers with their pages, and what the checks share."""

    patience = PATIENCE_SECONDS * 1000

    def __init__(self, folder, binaries, modules, playwright, out):
        self.folder, self.binaries, self.modules, self.playwright, self.out = folder, binaries, modules, playwright, out
        self.sites, self.made, self.kiosks = {}, {}, []

    def site(self, name="own", issuer="SH"):
        """An issuer by its name, made when it is first wanted."""
        if name not in self.sites:
            site = Site(os.path.join(self.folder, name), self.binaries, issuer=issuer)
            site.origin = site.serve("--module", self.modules["reader"], "--scanner-module", self.modules["scanner"])
            self.sites[name] = site
        return self.sites[name]

    def codes(self, name="own"):
        if name not in self.made:
            self.made[name] = GateCodes(self.site(name))
        return self.made[name]

    def kiosk(self, scene_name="park", **more):
        kiosk = Kiosk(self, scene_name, **more)
        self.kiosks.append(kiosk)
        return kiosk

    def stop(self):
        for kiosk in self.kiosks:
            kiosk.stop()
        for site in self.sites.values():
            site.stop()


class GateCodes(Codes):
    def enterprise(self):
        return self.site.suishen("enterprise", "register", "--uscc", USCC, "--name", "示例企业")[0]["subject"]


class Kiosk:
    """A gate's server; it can be killed and started again at the same address with the same state."""

    count = 0

    def __init__(self, scene, scene_name="park", domains=(), at=None, bundle=None, more=()):
        Kiosk.count += 1
        self.scene, self.at, self.more = scene, at, more
        self.folder = os.path.join(scene.folder, f"kiosk{Kiosk.count}")
        self.scene_name, self.port, self.process = scene_name, 0, None
        self.bundle = bundle or self.exported(domains)
        self.start()

    def exported(self, domains=()):
        os.makedirs(self.folder, exist_ok=True)
        bundle = os.path.join(self.folder, "bundle")
        words = [word for domain in domains for word in ("--domain", domain)]
        self.scene.site().suishen("bundle", "export", "--out", bundle, *words)
        return bundle

    def start(self):
        when = ["--at", str(self.at)] if self.at else []
        self.process = subprocess.Popen(
            [os.path.join(self.scene.binaries, "suishen-web"), "gate", "--bundle", self.bundle, "--scene", self.scene_name,
             "--state", os.path.join(self.folder, "state"), "--scanner-module", self.scene.modules["scanner"],
             "--listen", f"127.0.0.1:{self.port}", *when, *self.more], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        line = self.process.stdout.readline().decode()
        if ":" not in line:
            raise SystemExit("gate-test: error: the kiosk does not start")
        self.port = int(line.rsplit(":", 1)[1])
        self.origin = f"http://127.0.0.1:{self.port}"

    def kill(self):
        """As a power cut ends it."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def ask(self, method, path, body=None, **fields):
        """A request by hand: its status, its header fields and its bytes."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        headers = {name.replace("_", "-"): value for name, value in fields.items()}
        connection.putrequest(method, path, skip_host="Host" in headers)
        sent = json.dumps(body).encode() if body is not None else b""
        if sent:
            connection.putheader("Content-Length", str(len(sent)))
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders(sent)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()


def verdict(page, code):
    """Waits for a verdict of the kiosk."""
    page.wait_for_selector(f'body[data-code="{code}"]')
    return page.evaluate("document.body.dataset.outcome"), page.inner_text("#verdict")


def quiet(page):
    """Waits until no verdict is shown."""
    page.wait_for_selector('body[data-code=""]')


def film(scene, checks):
    """A code is accepted once; two holders are refused; a poster is no matter."""
    codes, kiosk = scene.codes(), scene.kiosk()
    path = camera.film(os.path.join(scene.folder, "one.y4m"), ([], 1), ([codes.picture(codes.person())], 1.5), ([], 3))
    with camera.browser(scene.playwright, path) as browser:
        page = opened(scene, browser, kiosk.origin, path="/")
        outcome, words = verdict(page, "ok")
        checks("a live code in front of the camera passes", outcome == "accept" and "请通行" in words, words)
        outcome, words = verdict(page, "replayed")
        checks("the same showing once more does not pass", outcome == "reject" and "请止步" in words, words)
        until(lambda: page.locator(".recent li").count() >= 2, "the last verdicts")
        listed = page.inner_text(".recent")
        checks("the last verdicts are listed", "ok" in listed and "replayed" in listed, listed)
        checks("no script broke the policy or failed", not page.troubles, page.troubles)
        asked = {request.url.removeprefix(kiosk.origin) for request in page.asked}
        checks("the page asks nobody but the gate", not any(url.startswith("http") for url in asked), asked)
    two = [codes.picture(codes.person()), codes.picture(codes.person())]
    path = camera.film(os.path.join(scene.folder, "two.y4m"), ([], 1), (two, 3))
    with camera.browser(scene.playwright, path) as browser:
        page = opened(scene, browser, kiosk.origin, path="/")
        outcome, words = verdict(page, "holder_mismatch")
        checks("two holders in view do not pass", outcome == "reject", words)
    poster = codes.path("png")
    codes.issued(codes.site.object("place", "park"), png=poster)
    path = camera.film(os.path.join(scene.folder, "poster.y4m"), ([poster], 1), ([codes.picture(codes.person()), poster], 2))
    with camera.browser(scene.playwright, path) as browser:
        page = opened(scene, browser, kiosk.origin, path="/")
        outcome, words = verdict(page, "ok")
        checks("beside a poster a live code passes", outcome == "accept", words)


def faults(scene, checks):
    """Cameras that are denied, absent, silent or stuck."""
    codes, kiosk = scene.codes(), scene.kiosk()
    with camera.browser(scene.playwright) as browser:
        page = opened(scene, browser, kiosk.origin, path="/")
        page.wait_for_selector('[data-notice="absent"]')
        scanned(page, codes.shown(codes.person()))
        checks("without a camera a hand scanner works", verdict(page, "ok")[0] == "accept")
        quiet(page)
        typed(page, codes.shown(codes.person("signed")))
        checks("a typed text works", verdict(page, "ok")[0] == "accept")
        quiet(page)
        page.set_input_files("#photo", codes.picture(codes.person()))
        checks("a photo works", verdict(page, "ok")[0] == "accept")
    path = camera.film(os.path.join(scene.folder, "denied.y4m"), ([], 1))
    with camera.browser(scene.playwright, path, allowed=False) as browser:
        page = opened(scene, browser, kiosk.origin, path="/")
        page.wait_for_selector('[data-notice="denied"]')
        scanned(page, codes.shown(codes.person()))
        checks("with the camera denied a hand scanner works", verdict(page, "ok")[0] == "accept")
    with camera.browser(scene.playwright) as browser:
        context = browser.new_context(locale="zh-CN")
        context.add_init_script(camera.SILENT)
        page = context.new_page()
        # A picture that never comes keeps the page's load event back.
        page.goto(kiosk.origin, wait_until="domcontentloaded")
        begin = time.monotonic()
        page.wait_for_selector('[data-notice="hung"]')
        took = time.monotonic() - begin
        checks("a camera without a picture is told within 5 seconds", took < 5, f"{took:.1f} s")
        checks("the words say what to do", "摄像头没有画面" in page.inner_text("#camera"))
    path = camera.still(os.path.join(scene.folder, "still.y4m"), codes.picture(codes.person()))
    with camera.browser(scene.playwright, path) as browser:
        page = opened(scene, browser, kiosk.origin, path="/")
        verdict(page, "ok")
        begin = time.monotonic()
        page.wait_for_selector('[data-notice="frozen"]')
        took = time.monotonic() - begin
        checks("a camera that repeats one frame is told within 5 seconds", took < 5, f"{took:.1f} s")


def restarts(scene, checks):
    """A power cut in every state: the kiosk comes back by itself, and accepts no showing twice."""
    codes, kiosk = scene.codes(), scene.kiosk()
    with camera.browser(scene.playwright) as browser:
        page = opened(scene, browser, kiosk.origin, path="/")
        page.wait_for_selector('body[data-hold=""]')
        shown = codes.shown(codes.person())
        for state in ("idle", "accepted", "refused", "away"):
            if state == "accepted":
                scanned(page, shown)
                verdict(page, "ok")
            if state == "refused":
                scanned(page, shown)
                verdict(page, "replayed")
            kiosk.kill()
            page.wait_for_selector('body[data-hold="away"]')
            checks(f"killed while {state}: the page says to wait", "请稍候，不要通行" in page.inner_text("#verdict"))
            scanned(page, shown)
            checks(f"killed while {state}: nothing is accepted", page.evaluate("document.body.dataset.outcome") == "none")
            kiosk.start()
            page.wait_for_selector('body[data-hold=""]')
            checks(f"killed while {state}: it comes back by itself", True)
            if state != "idle":
                scanned(page, shown)
                checks(f"killed while {state}: an accepted showing is known", verdict(page, "replayed")[0] == "reject")
                quiet(page)
        second = opened(scene, browser, kiosk.origin, path="/")
        second.wait_for_selector('body[data-hold=""]')
    profile = os.path.join(scene.folder, "profile")
    path = camera.film(os.path.join(scene.folder, "back.y4m"), ([], 1), ([codes.picture(codes.person())], 2))
    words = ["--no-sandbox", "--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={path}",
             "--use-fake-ui-for-media-stream"]
    for what in ("first", "after a power cut"):
        context = scene.playwright.chromium.launch_persistent_context(
            profile, executable_path=shutil.which("chromium"), args=words)
        page = context.pages[0]
        page.goto(kiosk.origin)
        page.wait_for_selector('body[data-camera="running"]')
        checks(f"the browser, {what}, opens the camera by itself", True)
        if what == "first":
            verdict(page, "ok")
            subprocess.run(["pkill", "-KILL", "-f", profile], check=False)
            continue
        verdict(page, "replayed")
        checks("a showing that was accepted before the power cut does not pass after it", True)
        context.close()


def safety(scene, checks):
    """Pages of other origins and other names of this machine get nothing."""
    kiosk = scene.kiosk()
    host, own = f"127.0.0.1:{kiosk.port}", kiosk.origin
    given = {"text": "no code at all"}
    json_type = "application/json"

    def refused(what, status, **request):
        found, fields, body = kiosk.ask(**request)
        checks(f"{what}: {status}", found == status and b'"accept"' not in body, (found, body))
        checks(f"{what}: nothing lets another origin read it",
               not any(name.lower().startswith("access-control") for name in fields), fields)

    refused("another name that leads here (DNS rebinding)", 400, method="GET", path="/state", Host="rebound.example")
    refused("another name, with a scan", 400, method="POST", path="/scan", body=given, Host="rebound.example",
            Origin="http://rebound.example", Content_Type=json_type)
    refused("a foreign page's scan", 403, method="POST", path="/scan", body=given, Host=host,
            Origin="https://evil.example", Content_Type=json_type)
    refused("a scan that says no origin", 403, method="POST", path="/scan", body=given, Host=host, Content_Type=json_type)
    refused("a foreign page's request for the state", 403, method="GET", path="/state", Host=host,
            Origin="https://evil.example")
    refused("a form of a foreign page", 403, method="POST", path="/scan", body=given, Host=host, Origin="null",
            Content_Type="text/plain")
    refused("another type of body", 400, method="POST", path="/scan", body=given, Host=host, Origin=own,
            Content_Type="text/plain")
    found, _, body = kiosk.ask("POST", "/scan", given, Host=host, Origin=own, Content_Type=json_type)
    checks("the own page's scan is decided on", found == 200 and json.loads(body)["verdicts"][0]["code"] == "malformed", body)
    with socket.socket() as probe:
        other = next((address for address in addresses() if not address.startswith("127.")), None)
        probe.settimeout(2)
        reached = other is not None and probe.connect_ex((other, kiosk.port)) == 0
    checks("no other address of this machine answers", not reached, other)
    with camera.browser(scene.playwright) as browser:
        # A page of another origin on this machine, as a rebound or a foreign page is one.
        page = opened(scene, browser, scene.site().origin)
        page.goto("about:blank")
        got = page.evaluate(
            """async address => { const tries = [];
                for (const options of [{}, { mode: 'no-cors' }, { method: 'POST', body: '{}' },
                    { method: 'POST', mode: 'no-cors', body: '{"text":"x"}' },
                    { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"text":"x"}' }]) {
                    for (const path of ['/state', '/scan', '/view', '/photo'])
                        try { tries.push(await (await fetch(address + path, options)).text()); } catch { tries.push(''); }
                } return tries.join(''); }""", own)
        checks("a foreign page reads nothing", got == "", got)
        page.set_content(f'<iframe src="{own}/"></iframe>')
        page.wait_for_timeout(1000)
        inside = [frame for frame in page.frames if frame.url.startswith(own)]
        checks("no page can frame the kiosk", not inside or not inside[0].query_selector("#typed"))


def addresses():
    done = subprocess.run(["hostname", "-I"], capture_output=True, text=True)
    return done.stdout.split()


def kiosk_access(scene, checks):
    codes, kiosk = scene.codes(), scene.kiosk()
    axe = Axe()
    with camera.browser(scene.playwright) as browser:
        for scheme in ("light", "dark"):
            page = opened(scene, browser, kiosk.origin, path="/", color_scheme=scheme,
                          viewport={"width": 1280, "height": 800})
            page.wait_for_selector('[data-notice="absent"]')
            for size in ("usual", "large"):
                if size == "large":
                    page.click("#size")
                states = [("idle", None), ("ok", codes.shown(codes.person())), ("malformed", "no code at all"),
                          ("wrong_form", codes.issued(codes.enterprise()))]
                for code, text in states:
                    if text:
                        scanned(page, text)
                        verdict(page, code)
                    found = axe.run(page, options={"runOnly": RULES})
                    checks(f"axe finds nothing on the kiosk, {code}, {size}, {scheme}", found.violations_count == 0,
                           [(one["id"], one["nodes"][0]["html"][:120]) for one in found.response["violations"]])
                    quiet(page)
                wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                checks(f"the kiosk, {size}, {scheme}, does not scroll sideways", wide <= 0, wide)
        checks("a verdict is announced", page.get_attribute("#verdict", "role") == "alert")
        page.emulate_media(forced_colors="active")
        scanned(page, codes.shown(codes.person()))
        checks("in forced colours a verdict has its word", "请通行" in verdict(page, "ok")[1])


PARTS = {"kiosk-film": film, "faults": faults, "restarts": restarts, "safety": safety, "kiosk-access": kiosk_access}
