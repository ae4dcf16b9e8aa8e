"""Checks of tools/gate-test: every code of a verdict in the kiosk, its pictures, and its speed."""
import os
import shutil
import statistics
import time

import camera
import wire
from gate_codes import changed
from gate_kiosk import quiet, verdict
from gate_public import opened, result, scanned, typed

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DAY = 86_400
# Codes that need another machine or another moment than a test has; the page is given them in place of the gate's answer.
GIVEN = ["key_not_for_this_use", "key_expired", "delegation_refused", "bundle_rollback", "bundle_unreadable",
         "root_differs", "input_unreadable"]


def situations(scene):
    """A gate and a scan for each code that a real gate gives here."""
    codes, site = scene.codes(), scene.site()
    now = int(time.time())
    park, metro = scene.kiosk(), scene.kiosk("metro-gate", domains=["transit"])
    person = codes.person()
    accepted = codes.shown(person)
    yield "ok", park, accepted
    yield "replayed", park, accepted
    yield "malformed", park, "https://example.com/a-poster"
    yield "unsupported_version", park, "SP2:" + person["text"][4:]
    # The header's algorithm, -8, becomes -7.
    yield "algorithm_mismatch", park, changed(accepted, wire.code_bytes(accepted).index(b"\x01\x27") + 1)
    hospital = scene.kiosk("hospital", domains=["medical"], more=["--link", "http://127.0.0.1:9"])
    yield "link_unavailable", hospital, "4241234567890123456789310000"
    yield "unknown_issuer", park, scene.codes("other").shown(scene.codes("other").person())
    yield "bad_signature", park, changed(codes.shown(codes.person()), -1)
    yield "wrong_form", park, codes.issued(codes.enterprise())
    yield "wrong_scene", metro, codes.person("paper")["text"]
    yield "presentation_missing", park, codes.person()["text"]
    yield "bad_presentation", park, other_link(codes.shown(codes.person()))
    yield "stale", scene.kiosk(at=now + 120), codes.shown(codes.person())
    yield "from_future", park, codes.shown(person, at=int(time.time()) + 90)
    yield "no_entitlement", metro, codes.shown(codes.person())
    yield "challenge_mismatch", scene.kiosk("service-window"), codes.shown(codes.person("signed"))
    revoked = codes.person()
    shown = codes.shown(revoked)
    site.suishen("revoke", revoked["subject"])
    yield "revoked", scene.kiosk(), shown
    yield "expired", scene.kiosk(at=now + 3 * DAY), codes.shown(codes.person("chain", None, "--lifetime", "3600"))
    strip = site.suishen("issue", person["subject"], "--kind", "timed", "--count", "2")
    yield "not_yet_valid", park, strip[1]["text"]
    yield "clock_before_bundle", scene.kiosk(at=now - DAY), codes.shown(codes.person())
    yield "bundle_expired", scene.kiosk(at=now + 60 * DAY), codes.shown(codes.person())
    unknown = scene.kiosk()
    unknown.stop()
    shutil.rmtree(os.path.join(unknown.bundle, "status"))
    unknown.start()
    yield "status_unknown", unknown, codes.shown(codes.person())


def other_link(text):
    """A shown code whose link is another one."""
    message = wire.code_bytes(text)
    # The link is in the unprotected header: its 16 bytes come after their head.
    place = message.index(b"\x50", 3) + 1
    return changed(text, place)


def photos(scene):
    codes = scene.codes()
    yield "no_code", os.path.join(ROOT, "fixtures/scans/empty.png")
    yield "unreadable", spoiled(codes.picture(codes.person()))
    yield "holder_mismatch", beside(codes.picture(codes.person()), codes.picture(codes.person()), codes.path("png"))


def spoiled(path):
    """The picture with all but three corners painted over."""
    from PIL import Image, ImageDraw
    picture = Image.open(path).convert("L")
    side = picture.width
    ImageDraw.Draw(picture).rectangle((side * 0.35, side * 0.35, side * 0.95, side * 0.95), fill=128)
    picture.save(path)
    return path


def beside(left, right, path):
    from PIL import Image
    pictures = [Image.open(one).convert("L") for one in (left, right)]
    both = Image.new("L", (sum(one.width for one in pictures) + 60, max(one.height for one in pictures)), 255)
    both.paste(pictures[0], (0, 0))
    both.paste(pictures[1], (pictures[0].width + 60, 0))
    both.save(path)
    return path


def verdicts(scene, checks):
    """Every code of a verdict, with its words in both languages."""
    known = known_codes()
    with camera.browser(scene.playwright) as browser:
        pages = {}

        def shows(kiosk, code, give):
            if kiosk.origin not in pages:
                pages[kiosk.origin] = opened(scene, browser, kiosk.origin, path="/", viewport={"width": 1280, "height": 800})
            page = pages[kiosk.origin]
            page.wait_for_selector('body[data-hold=""]')
            quiet(page)
            give(page)
            page.wait_for_selector('body:not([data-code=""])')
            found = page.evaluate("document.body.dataset.code")
            checks(f"{code} is reached", found == code, found)
            known.discard(code)
            picture(scene, page, f"kiosk-{code}")

        park = None
        for code, kiosk, text in situations(scene):
            park = park or kiosk
            shows(kiosk, code, lambda page: scanned(page, text))
        for code, path in photos(scene):
            shows(park, code, lambda page: page.set_input_files("#photo", path))
        page = pages[park.origin]
        for code in GIVEN:
            page.route("**/scan", lambda route: route.fulfill(json={"verdicts": [{
                "verdict": outcome_of(code), "code": code, "scene": "park"}]}))
            shows(park, code, lambda page: scanned(page, "any text at all"))
            page.unroute("**/scan")
        checks("every code of a verdict was shown", not known, known)
        for name, body in (("an outcome that the page does not know", {"verdicts": [{"verdict": "pass", "code": "ok"}]}),
                           ("an error", {"error": {"code": "internal"}})):
            quiet(page)
            page.route("**/scan", lambda route: route.fulfill(json=body, status=200 if "verdicts" in body else 500))
            scanned(page, "any text at all")
            page.wait_for_selector('body[data-outcome="undecided"], body[data-hold="away"]')
            checks(f"{name} opens nothing", page.evaluate("document.body.dataset.outcome") != "accept")
            page.unroute("**/scan")
        words = page.evaluate("""async () => { const scripts = performance.getEntriesByType('resource').map(e => e.name);
            for (const name of scripts.filter(name => name.endsWith('.js'))) {
                const found = await import(name); if (found.wordsOf) return ['zh', 'en'].map(language =>
                    Object.keys(found.wordsOf(language).codes)); } }""")
        checks("both languages have words for the same codes", words[0] == words[1])
        missing = known_codes() - set(words[0])
        checks("every code has words", not missing, missing)


def known_codes():
    """The codes of a verdict, as the gate's own source lists them."""
    with open(os.path.join(ROOT, "Sources/Gate/Verdict/RefusalCode.swift")) as file:
        text = file.read().split("/// The outcome at the gate")[0]
    names = set()
    for line in text.splitlines():
        if line.strip().startswith("case "):
            name, _, value = line.strip()[5:].partition(" = ")
            names.add(value.strip('"') or name)
    return names | {"ok"}


def outcome_of(code):
    with open(os.path.join(ROOT, "Sources/Gate/Verdict/RefusalCode.swift")) as file:
        undecided = file.read().split("case .noCode,")[1].split("default: .reject")[0]
    camel = code.split("_")[0] + "".join(part.capitalize() for part in code.split("_")[1:])
    return "undecided" if f".{camel}" in undecided or code == "no_code" else "reject"


def picture(scene, page, name):
    """Pictures of a verdict in both languages, where a folder for them is named."""
    if scene.out == scene.folder:
        return
    for language in ("zh", "en"):
        page.screenshot(path=os.path.join(scene.out, f"{name}-{language}.png"))
        # The verdict covers the switch.
        page.evaluate("document.getElementById('language').click()")


def speed(scene, checks):
    """From a code in view to its verdict on the screen, at 30 frames a second: stated, and judged by nobody."""
    codes, kiosk = scene.codes(), scene.kiosk("library")
    camera.RATE, slow = 30, camera.RATE
    waits = []
    for turn in range(3):
        path = camera.film(os.path.join(scene.folder, "speed.y4m"), ([], 1.5), ([codes.picture(codes.person())], 1.5))
        with camera.browser(scene.playwright, path) as browser:
            context = browser.new_context()
            context.add_init_script(WAITS)
            page = context.new_page()
            page.goto(kiosk.origin)
            page.wait_for_selector('body[data-code="ok"]')
            waits.append(page.evaluate("globalThis.shownAt - globalThis.seenAt"))
    camera.RATE = slow
    print(f"gate-test:      from the first frame with the code to the verdict on the screen, 30 frames a second: "
          f"{statistics.median(waits):.0f} ms ({', '.join(f'{wait:.0f}' for wait in waits)}; 150 wanted)", flush=True)
    checks("a code in view gets its verdict", len(waits) == 3)


# Notes when the first frame with the code came, which is darker in the middle, and when its verdict was painted.
WAITS = """(() => {
    const take = HTMLVideoElement.prototype.requestVideoFrameCallback;
    const canvas = new OffscreenCanvas(64, 36), context = canvas.getContext('2d', { willReadFrequently: true });
    let before = null;
    HTMLVideoElement.prototype.requestVideoFrameCallback = function (told) {
        return take.call(this, (now, more) => {
            if (!globalThis.seenAt) {
                context.drawImage(this, 0, 0, 64, 36);
                const { data } = context.getImageData(0, 0, 64, 36);
                let change = 0;
                if (before) for (let place = 0; place < data.length; place += 4) change += Math.abs(data[place] - before[place]);
                if (before && change > 64 * 36 * 4) globalThis.seenAt = performance.now();
                before = data;
            }
            told(now, more);
        });
    };
    new MutationObserver(() => {
        if (document.body?.dataset.code === 'ok' && !globalThis.shownAt)
            requestAnimationFrame(() => requestAnimationFrame(() => { globalThis.shownAt ??= performance.now(); }));
    }).observe(document, { subtree: true, attributes: true, attributeFilter: ['data-code'] });
})()"""


def pictures(scene, checks):
    """Every state of both pages, in both languages."""
    codes, kiosk, site = scene.codes(), scene.kiosk(), scene.site()
    film = camera.film(os.path.join(scene.folder, "pictures.y4m"), ([], 3))
    for lang in ("zh-CN", "en"):
        with camera.browser(scene.playwright, film) as browser:
            page = opened(scene, browser, kiosk.origin, lang, path="/", viewport={"width": 1280, "height": 800})
            page.wait_for_selector('body[data-camera="running"]')
            take = lambda name: page.screenshot(path=os.path.join(scene.out, f"{name}-{lang[:2]}.png"))
            take("kiosk-ready")
            for code, text in (("ok", codes.shown(codes.person())), ("malformed", "no code at all")):
                scanned(page, text)
                verdict(page, code)
                take(f"kiosk-{code}")
                quiet(page)
            page.click("#size")
            take("kiosk-large")
            page.click("#size")
            kiosk.kill()
            page.wait_for_selector('body[data-hold="away"]')
            take("kiosk-away")
            kiosk.start()
        with camera.browser(scene.playwright, film) as browser:
            page = opened(scene, browser, site.origin, lang, viewport={"width": 390, "height": 844})
            take = lambda name: page.screenshot(path=os.path.join(scene.out, f"{name}-{lang[:2]}.png"), full_page=True)
            take("gate-begin")
            page.click("#open")
            page.wait_for_selector('body[data-camera="running"]')
            take("gate-camera")
            for code, text in (("ok", codes.shown(codes.person())), ("presentation_missing", codes.person()["text"]),
                               ("malformed", "no code at all")):
                typed(page, text)
                result(page, code)
                take(f"gate-{code}")
            page.click("#size")
            take("gate-large")
    checks("every state was pictured", True)


PARTS = {"verdicts": verdicts, "speed": speed, "pictures": pictures}
