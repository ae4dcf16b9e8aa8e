"""Checks of tools/gate-test: the page that says of a code whether it is genuine."""
import os
import time

from axe_playwright_python.sync_playwright import Axe

import camera
from browser_site import fetch, until
from gate_codes import changed
from phone import WRONG_CLOCK
from phone_access import RULES

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def opened(scene, browser, origin, lang="zh-CN", path="/g/", script="", **more):
    """A page whose errors and breaches of the policy are kept."""
    context = browser.new_context(locale=lang, **more)
    context.add_init_script(script)
    context.set_default_timeout(scene.patience)
    page = context.new_page()
    page.troubles = []
    context.add_init_script(
        "addEventListener('securitypolicyviolation', event => console.error('CSP ' + event.violatedDirective))")
    page.on("console", lambda message: ("CSP" in message.text or "Content Security" in message.text)
            and page.troubles.append(message.text))
    page.on("pageerror", lambda error: page.troubles.append(str(error)))
    page.asked = []
    page.on("request", lambda request: page.asked.append(request))
    page.goto(origin + path)
    page.wait_for_selector("#typed")
    return page


def result(page, code):
    page.wait_for_selector(f'body[data-result="{code}"]')
    return page.inner_text("#result")


def typed(page, text):
    page.fill("#typed", text)
    page.press("#typed", "Enter")


def scanned(page, text):
    """What a hand scanner does: it types into the page, wherever the focus is, and presses Enter."""
    page.evaluate("document.activeElement?.blur()")
    page.evaluate("""text => { for (const key of [...text, 'Enter'])
        document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })); }""", text)


def public(scene, checks):
    site, codes = scene.site(), scene.codes()
    person = codes.person()
    with camera.browser(scene.playwright) as browser:
        page = opened(scene, browser, site.origin)
        page.wait_for_selector("#open")
        checks("the page asks for no camera before it is told to", page.evaluate("document.body.dataset.camera") == "closed")
        typed(page, codes.shown(person))
        words = result(page, "ok")
        checks("a person's live code is genuine", "是真码" in words, words)
        checks("the page does not say whose it is", person["subject"] not in page.content()
               and not any(request.method == "POST" or person["text"][4:40] in request.url for request in page.asked))
        scanned(page, codes.shown(codes.person("signed")))
        checks("a hand scanner's text is taken wherever the focus is", "是真码" in result(page, "ok"))
        wanted = [
            ("a copy of a code", person["text"], "presentation_missing"),
            ("a code that was shown by a clock ahead", codes.shown(person, at=int(time.time()) + 60), "from_future"),
            ("another text", "https://example.com/", "malformed"),
            ("a changed code", changed(codes.shown(person), 60), None),
        ]
        for what, text, code in wanted:
            typed(page, text)
            page.wait_for_selector('body:not([data-result="working"])')
            until(lambda: code in (None, page.evaluate("document.body.dataset.result")), what)
            tone = page.get_attribute("#result section", "class")
            checks(f"{what} is refused as {code or 'whatever it breaks'}", "bad" in tone,
                   (tone, page.inner_text("#result")))
        later = opened(scene, browser, site.origin, script=WRONG_CLOCK.replace("OFFSET", "90"))
        typed(later, codes.shown(person))
        result(later, "stale")
        checks("a code that was shown a minute ago is refused", "bad" in later.get_attribute("#result section", "class"))
        later.context.close()
        place, enterprise = site.object("place", "park"), codes.enterprise()
        for what, subject, letter in (("a place", place, "O"), ("an enterprise", enterprise, "E")):
            typed(page, codes.issued(subject))
            result(page, "ok")
            link = page.get_attribute("#result a", "href")
            checks(f"{what}'s code leads to its page", f"/{letter}/" in link.upper(), link)
            checks(f"{what}'s page opens", fetch(site.origin + link, Accept="text/html")[0] == 200, link)
        revoked = codes.person()
        site.suishen("revoke", revoked["subject"])

        def is_revoked():
            typed(page, codes.shown(revoked))
            page.wait_for_selector('body:not([data-result="working"])')
            return page.evaluate("document.body.dataset.result") == "revoked"
        until(is_revoked, "the revocation")
        checks("a revoked code is refused", "bad" in page.get_attribute("#result section", "class"))
        photos(scene, checks, page, codes)
        other = scene.site("other", issuer="BJ")
        typed(page, scene.codes("other").shown(scene.codes("other").person()))
        result(page, "bad_signature")
        checks("another issuer's code is refused", "bad" in page.get_attribute("#result section", "class"))
        page.route("**/gates/bundle.cbor", lambda route: route.abort())
        page.reload()
        page.wait_for_selector("#typed")
        typed(page, codes.shown(person))
        checks("without the trust list nothing is said", "无法判断" in result(page, "network"))
        checks("no script broke the policy or failed", not page.troubles, page.troubles)
        absent(checks, page)
    path = camera.film(os.path.join(scene.folder, "denied.y4m"), ([], 1))
    with camera.browser(scene.playwright, path, allowed=False) as browser:
        page = opened(scene, browser, site.origin)
        page.click("#open")
        page.wait_for_selector('[data-notice="denied"]')
        typed(page, codes.shown(person))
        checks("with the camera denied a hand scanner works", "是真码" in result(page, "ok"))
        photo(page, codes.picture(codes.person()))
        checks("with the camera denied a photo works", "是真码" in result(page, "ok"))
    assert other


def photo(page, path):
    page.set_input_files("#photo", path)


def photos(scene, checks, page, codes):
    photo(page, codes.picture(codes.person()))
    checks("a photo of a live code is genuine", "是真码" in result(page, "ok"))
    photo(page, os.path.join(ROOT, "fixtures/scans/empty.png"))
    result(page, "no_code")
    checks("a photo without a code says so", "open" in page.get_attribute("#result section", "class"))
    photo(page, os.path.join(ROOT, "README.md"))
    result(page, "photo")
    checks("a file that is no picture says so", "图片" in page.inner_text("#result"))


def absent(checks, page):
    page.click("#open")
    page.wait_for_selector('[data-notice="absent"]')
    checks("without a camera the page says so", "没有摄像头" in page.inner_text("#camera"))


def film(scene, checks):
    """The public page with a camera: a live code is genuine."""
    site, codes = scene.site(), scene.codes()
    path = camera.film(os.path.join(scene.folder, "public.y4m"), ([], 1), ([codes.picture(codes.person())], 2))
    with camera.browser(scene.playwright, path) as browser:
        page = opened(scene, browser, site.origin)
        page.click("#open")
        checks("a code in front of the camera is genuine", "是真码" in result(page, "ok"))


def access(scene, checks):
    site, codes = scene.site(), scene.codes()
    axe = Axe()
    with camera.browser(scene.playwright) as browser:
        for scheme in ("light", "dark"):
            for lang in ("zh-CN", "en"):
                page = opened(scene, browser, site.origin, lang, color_scheme=scheme,
                              viewport={"width": 390, "height": 844})
                for size in ("usual", "large"):
                    if size == "large":
                        page.click("#size")
                    for text, code in ((codes.shown(codes.person()), "ok"), ("no code at all", "malformed")):
                        typed(page, text)
                        result(page, code)
                        found = axe.run(page, options={"runOnly": RULES})
                        checks(f"axe finds nothing on the page with `{code}`, {size}, {scheme}, {lang}",
                               found.violations_count == 0,
                               [(one["id"], one["nodes"][0]["html"][:120]) for one in found.response["violations"]])
                    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                    checks(f"the page, {size}, {lang}, does not scroll sideways", wide <= 0, wide)
        page.keyboard.press("Tab")
        reached = []
        for _ in range(12):
            reached.append(page.evaluate("document.activeElement.id"))
            page.keyboard.press("Tab")
        checks("the keyboard reaches everything", {"size", "language", "clear", "choose", "typed"} <= set(reached), reached)
        small = page.evaluate("""() => [...document.querySelectorAll('button, a')].map(e => e.getBoundingClientRect())
            .filter(box => box.height > 0 && (box.height < 60 || box.width < 60)).length""")
        checks("large text has targets of 60 pixels", small == 0, small)


PARTS = {"public": public, "film": film, "access": access}
