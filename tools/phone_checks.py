"""Checks of tools/phone-test: receiving, keys, showing, networks, clocks, strips and drawing."""
import itertools
import json
import os
import time

from browser_site import until
from phone import Gate, Phone, send

WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
SUITES = ("ed25519", "es256")
numbers = itertools.count(100)


def person(site):
    """A new person's subject."""
    digits = f"11010519491231{next(numbers):03}"
    check = "10X98765432"[sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS)) % 11]
    return site.suishen("person", "register", "--resident-id", "-", given=f"{digits}{check}\n")[0]["subject"]


def offer(site, subject, *words):
    return site.suishen("offer", subject, *words)[0]


def phone(scene, site, **more):
    return Phone(scene.playwright, scene.new_folder(), site.wallet, **more)


def ready(scene, site, subject=None, **more):
    """A phone that has received a person's codes."""
    made = phone(scene, site, **more)
    made.subject = subject or person(site)
    made.offer = offer(site, made.subject, "--no-pin")
    made.receive(made.offer, label="小明")
    return made


def gate(scene, site, scene_name="park"):
    return Gate(site, scene.new_folder(), scene_name)


def receiving(scene, checks):
    site = scene.site()
    one = phone(scene, site)
    made = offer(site, person(site))
    page = one.receive(made, label="小明")
    checks("a link and its PIN bring codes to the phone", len(one.held()) == 1 and len(one.held()[0]["codes"]) == 14,
           one.held())
    checks("the address bar does not keep the link", "offer" not in page.url, page.url)
    one.visit("#" + made["link"].split("#")[1])
    page.click("#receive")
    page.wait_for_selector('[data-notice="offer_used"]')
    checks("a used link says so to its holder", "用过" in page.inner_text("#receiving"))
    other = phone(scene, site)
    made = offer(site, person(site))
    page = other.visit("#" + made["link"].split("#")[1])
    page.click("#receive")
    wrong = [pin for pin in (f"{number:06}" for number in range(6)) if pin != made["pin"]][:5]
    for left, pin in zip((4, 3, 2, 1), wrong):
        other.give(pin)
        checks(f"a wrong PIN says that {left} tries are left", f"{left} 次" in page.inner_text("#receiving"),
               page.inner_text("#receiving"))
    other.give(wrong[4])
    checks("the fifth wrong PIN locks", page.locator('[data-notice="pin_locked"]').count() == 1)
    page = other.visit("#" + made["link"].split("#")[1])
    page.click("#receive")
    page.wait_for_selector('#receiving:is([data-state="pin"], [data-state="failed"])')
    if page.locator("#pin").count():
        other.give(made["pin"])
    checks("after five wrong PINs the right one is refused",
           page.locator('[data-notice="pin_locked"]').count() == 1 and not other.held(),
           page.inner_text("#receiving"))
    made = offer(site, person(site), "--no-pin")
    other.requests.clear()
    cut = made["link"].split("#")[1][:-3]
    page = other.visit("#" + cut)
    page.click("#receive")
    page.wait_for_selector('[data-notice="offer_unknown"]')
    checks("a cut link says so", True)
    ended = offer(site, person(site), "--no-pin")
    page = other.visit("#lost")
    page.fill("#loss-code", ended["lossCode"].lower().replace("-", ""))
    page.click("#send-loss")
    page.wait_for_selector('#lost[data-state="done"]')
    page = other.visit("#" + ended["link"].split("#")[1])
    page.click("#receive")
    page.wait_for_selector('#receiving[data-state="failed"]')
    checks("an ended link says so to its holder", page.locator('[data-notice="offer_ended"]').count() == 1,
           page.inner_text("#receiving"))
    made = offer(site, person(site), "--no-pin")
    page = other.visit("#" + made["link"].split("#")[1])
    site.close()
    page.click("#receive")
    page.wait_for_selector('[data-notice="offline"]')
    checks("without a network the page says so, and keeps the link", page.locator("#retry").count() == 1)
    scene.serve(site)
    page.click("#retry")
    page.wait_for_selector('#receiving[data-state="done"]')
    checks("a second attempt receives", len(other.held()) == 1)
    lost_answer(scene, checks, site)
    secret = made["link"].split("offer=")[1]
    sent = [request.url + json.dumps(request.headers) + (request.post_data or "") for request in other.requests]
    checks("no request has the link's secret", not any(secret in text for text in sent))
    for used in (one, other):
        checks("no error of a script, no report of the policy", not used.errors, used.errors[:3])
        used.close()


def lost_answer(scene, checks, site):
    """The service has issued, and its answer does not arrive."""
    one, subject = phone(scene, site), person(site)
    made, lost = offer(site, subject, "--no-pin"), []
    page = one.visit("#" + made["link"].split("#")[1])

    def lose(route):
        request = route.request
        fields = ("content-type", "dpop", "authorization", "idempotency-key")
        lost.append(send(request.url, request.post_data_buffer,
                         {name: request.headers[name] for name in fields})[0])
        route.abort()
    page.route("**/vci/credential", lose)
    page.click("#receive")
    page.wait_for_selector("#retry")
    page.unroute("**/vci/credential")
    one.restart()
    one.visit()
    one.code()
    held, listed = one.held(), site.suishen("wallet", "list", subject)
    checks("an answer that was lost comes again, also over a restart, and nothing is issued twice",
           lost == [200] and len(held) == 1 and len(listed) == 1, (lost, listed))
    one.close()


def keys(scene, checks):
    site = scene.site()
    one = ready(scene, site)
    exported = """async () => {
        const opening = indexedDB.open('suishen-wallet');
        await new Promise(resolve => { opening.onsuccess = resolve; });
        const store = opening.result.transaction('keys').objectStore('keys');
        const read = key => new Promise(resolve => {
            const asked = store.get(key); asked.onsuccess = () => resolve(asked.result); });
        const [device, seeds] = [await read('device'), await read('seeds')];
        const words = [];
        for (const [key, form] of [[device.privateKey, 'pkcs8'], [device.privateKey, 'jwk'], [seeds, 'raw']])
            try { await crypto.subtle.exportKey(form, key); words.push('exported'); }
            catch (error) { words.push(error.name); }
        return [words, device.thumbprint]; }"""
    words, thumbprint = one.page.evaluate(exported)
    checks("exportKey throws for both keys", "exported" not in words and len(words) == 3, words)
    seeds = [code["seed"] for code in one.held()[0]["codes"]]
    checks("each chain has a seed of its own, of which the phone keeps the name alone",
           len(set(filter(None, seeds))) == 7 and all(len(seed) in (0, 32) for seed in seeds), seeds)
    one.restart()
    one.visit()
    one.code()
    checks("the keys survive a restart of the browser", one.page.evaluate(exported)[1] == thumbprint)
    one.close()


def showing(scene, checks):
    for suite in SUITES:
        site = scene.site(suite, suite)
        look, one = gate(scene, site), ready(scene, site)
        path = os.path.join(scene.folder, f"{suite}.png")
        verdict = look.verdict(one.picture(path))
        checks(f"{suite}: a chain code's picture of 300 px is accepted", verdict["code"] == "ok", verdict)
        begun = one.code().get_attribute("data-until")
        old = kept_copy(path)
        one.page.wait_for_function("until => document.querySelector('.code canvas').dataset.until !== until", arg=begun)
        verdict = look.verdict(one.picture(path))
        checks(f"{suite}: the next code is accepted", verdict["code"] == "ok", verdict)
        code = look.code(old)
        checks(f"{suite}: the one before is refused then", code in ("stale", "replayed"), code)
        page = one.page
        page.click("#kind")
        page.wait_for_selector('canvas[data-kind="signed"]')
        verdict = gate(scene, site).verdict(one.picture(path))
        checks(f"{suite}: a signed code's picture of 300 px is accepted", verdict["code"] == "ok", verdict)
        key = one.page.evaluate("""() => new Promise(resolve => {
            const opening = indexedDB.open('suishen-wallet');
            opening.onsuccess = () => { const asked = opening.result.transaction('keys').objectStore('keys').get('device');
                asked.onsuccess = () => resolve(asked.result.algorithm); }; })""")
        checks(f"{suite}: the device key is of the suite", key == {"ed25519": "EdDSA", "es256": "ES256"}[suite], key)
        checks(f"{suite}: no error of a script", not one.errors, one.errors[:3])
        one.close()


def kept_copy(path):
    with open(path, "rb") as file, open(path + ".old.png", "wb") as copy:
        copy.write(file.read())
    return path + ".old.png"


def offline(scene, checks):
    site = scene.site()
    one = ready(scene, site)
    one.page.wait_for_function("navigator.serviceWorker.controller !== null")
    one.close()
    site.close()
    one.open()
    one.visit()
    path = os.path.join(scene.folder, "offline.png")
    verdict = gate(scene, site).verdict(one.picture(path))
    checks("server stopped and browser restarted: the code is shown and accepted", verdict["code"] == "ok", verdict)
    one.page.wait_for_selector('[data-notice="offline"]')
    checks("the page says that there is no network", True)
    scene.serve(site)
    kept = one.page.evaluate("""async () => { const found = [];
        for (const name of await caches.keys())
            for (const request of await (await caches.open(name)).keys()) found.push(new URL(request.url).pathname);
        return found; }""")
    strange = [path for path in kept if not path.startswith(("/a/", "/w/", "/gates/", "/status/"))]
    checks("the worker keeps shell and trust list alone", kept and not strange, strange)
    one.close()


def clock(scene, checks):
    site = scene.site()
    for offset, word in ((300, "快了 5 分钟"), (-300, "慢了 5 分钟")):
        one = ready(scene, site, clock_offset=offset)
        one.page.wait_for_selector('[data-notice="clock"]')
        text = one.page.inner_text('[data-notice="clock"]')
        checks(f"a clock {offset} s off is said, with its way out", word in text and "自动设置时间" in text, text)
        checks("the code is shown all the same", one.code().is_visible())
        verdict = gate(scene, site).verdict(one.picture(os.path.join(scene.folder, "clock.png")))
        checks("and accepted, by the service's time", verdict["code"] == "ok", verdict)
        one.close()
    one = ready(scene, site, clock_offset=20)
    one.page.wait_for_timeout(1500)
    checks("a clock 20 s off is not worth a word", one.page.locator('[data-notice="clock"]').count() == 0)
    one.close()


def strips(scene, checks):
    site = scene.site("short", personLifetimeSeconds=40)
    one = phone(scene, site)
    subject = person(site)
    one.receive(offer(site, subject, "--no-pin", "--days", "2"))
    covered = one.held()[0]["coveredUntil"]
    until(lambda: time.time() > covered - 20, "the last quarter of the strip")
    one.visit()
    until(lambda: one.held()[0]["coveredUntil"] > covered, "the renewal")
    checks("a strip is renewed before its end by itself", one.held()[0]["coveredUntil"] > covered)
    site.close()
    until(lambda: time.time() > one.held()[0]["coveredUntil"] + 1, "the end of the strip")
    page = one.page
    page.wait_for_selector('[data-notice="usedUp"]')
    checks("a used-up strip says so, and shows no code", not page.locator(".code").is_visible())
    page.click("#renew")
    page.wait_for_selector("#renew:not([aria-disabled])")
    checks("without a network it says what to do",
           "网络" in page.inner_text('[data-notice="usedUp"]'), page.inner_text("#notices"))
    scene.serve(site)
    page.click("#renew")
    one.code()
    page.wait_for_selector('[data-notice="usedUp"]', state="detached")
    path = os.path.join(scene.folder, "renewed.png")
    verdict = gate(scene, site).verdict(one.picture(path))
    checks("one tap renews, and the code is accepted", verdict["code"] == "ok", verdict)
    checks("no error of a script", not one.errors, one.errors[:3])
    one.close()


def drawing(scene, checks):
    site = scene.site()
    one = ready(scene, site)
    look = one.page
    for what, media in (("dark mode", {"color_scheme": "dark"}), ("forced colours", {"forced_colors": "active"}),
                        ("both", {"color_scheme": "dark", "forced_colors": "active"})):
        look.emulate_media(**media)
        one.visit()
        path = os.path.join(scene.folder, "drawing.png")
        verdict = gate(scene, site).verdict(one.picture(path))
        checks(f"{what}: the code decodes and is accepted", verdict["code"] == "ok", verdict)
    sizes = look.evaluate("""() => { const canvas = document.querySelector('.code canvas');
        const box = canvas.getBoundingClientRect(); return [canvas.width, box.width, devicePixelRatio]; }""")
    checks("a canvas pixel is a device pixel", abs(sizes[0] - sizes[1] * sizes[2]) < 0.01, sizes)
    look.click("#enlarge")
    look.wait_for_selector("dialog.whole canvas")
    white = look.evaluate("""() => { const box = document.querySelector('dialog.whole').getBoundingClientRect();
        return [getComputedStyle(document.querySelector('dialog.whole')).backgroundColor,
            box.width >= innerWidth && box.height >= innerHeight - 1]; }""")
    checks("a white panel fills the screen", white == ["rgb(255, 255, 255)", True], white)
    image = os.path.join(scene.folder, "whole.png")
    look.screenshot(path=image)
    verdict = gate(scene, site).verdict(image)
    checks("a picture of the whole screen is accepted", verdict["code"] == "ok", verdict)
    look.keyboard.press("Escape")
    look.wait_for_selector("dialog.whole", state="detached")
    one.close()


def signatures(scene, checks):
    """Each of 100 challenges is answered by a signature of the browser's own ES256 key."""
    site = scene.site("es256", "es256")
    one = ready(scene, site)
    codes = {}
    path = os.path.join(scene.folder, "signature.png")
    for number in range(100):
        challenge = f"{number:016x}"
        one.page.evaluate("() => document.querySelector('.code canvas')?.removeAttribute('data-until')")
        one.page.evaluate("challenge => { location.hash = `challenge=${challenge}`; }", challenge)
        one.page.wait_for_selector('canvas[data-kind="signed"][data-until]')
        # A gate takes one presentation of a credential a second.
        code = gate(scene, site, "service-window").code(one.picture(path, width=None), "--challenge", challenge)
        codes[code] = codes.get(code, 0) + 1
    checks("100 ES256 presentations over a gate's challenges are all accepted", codes == {"ok": 100}, codes)
    one.close()


PARTS = {"receiving": receiving, "keys": keys, "showing": showing, "offline": offline, "clock": clock,
         "strips": strips, "drawing": drawing, "signatures": signatures}
