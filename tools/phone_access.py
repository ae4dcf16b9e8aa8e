"""Checks of tools/phone-test: assistive technology, keyboard, large text, the lock of the screen, installing, speed."""
import statistics

from axe_playwright_python.sync_playwright import Axe

from browser_site import until
from phone import WATCH, Driver
from phone_checks import offer, person, phone, ready

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# First paint and drawing are measured at a processor four times slower.
SLOWER = 4



def awake(scene, checks):
    """By chromedriver: a page that Playwright drives is never hidden."""
    site = scene.site()
    with Driver() as browser:
        browser.cdp("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
        made = offer(site, person(site), "--no-pin")
        browser.visit(made["link"])
        for what in ("#receive", "#save-label"):
            until(lambda: browser.run(f"const found = document.querySelector('{what}'); found?.click(); return !!found"),
                  what)
        until(lambda: browser.run("return document.querySelector('canvas[data-until]') !== null"), "a code")
        until(lambda: browser.run("return wakeLocks") > 0, "the Wake Lock")
        checks("the Wake Lock is asked for while a code is shown", browser.run("return wakeLocks") == 1)
        first = browser.window()
        browser.new_window()
        browser.switch(first)
        until(lambda: browser.run("return document.visibilityState") == "visible", "the page")
        until(lambda: browser.run("return wakeLocks") == 2, "the next Wake Lock")
        seen = browser.run("return visibilities")
        checks("behind another tab the page was hidden", seen[:2] == ["hidden", "visible"], seen)
        checks("the Wake Lock is asked for again when the page is shown again", browser.run("return wakeLocks") == 2)


def access(scene, checks):
    site = scene.site()
    one, ward = ready(scene, site), person(site)
    one.receive(offer(site, one.subject, "--no-pin", "--for", ward), label="奶奶")
    axe = Axe()
    for scheme in ("light", "dark"):
        one.page.emulate_media(color_scheme=scheme)
        for view in ("usual", "large"):
            page = one.visit("#settings")
            page.check(f"#view-{view}")
            for name in ("code", "records", "settings", "lost", "codes"):
                page = one.visit(f"#{name}")
                page.wait_for_timeout(400)
                found = axe.run(page, options={"runOnly": RULES})
                checks(f"axe finds nothing on `{name}`, {view}, {scheme}", found.violations_count == 0,
                       [(one["id"], one["nodes"][0]["html"][:120]) for one in found.response["violations"]])
                wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                checks(f"`{name}`, {view}, does not scroll sideways", wide <= 0, wide)
    page = one.visit()
    one.code()
    sizes = page.evaluate("""() => { const style = getComputedStyle(document.body);
        const small = [...document.querySelectorAll('button, a, input')].map(e => [e, e.getBoundingClientRect()])
            .filter(([e, box]) => box.width > 0 && !e.matches('.skip') && box.height < 60).map(([e]) => e.outerHTML.slice(0, 80));
        return [parseFloat(style.fontSize), parseFloat(style.lineHeight) / parseFloat(style.fontSize), small]; }""")
    checks("长辈版: text of 18 px, a line height of 1.3, targets of 60 px",
           sizes[0] >= 18 and sizes[1] >= 1.3 and not sizes[2], sizes)
    reached = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("[...document.querySelectorAll('a[href], button, input')].indexOf(document.activeElement)"))
    wanted = set(range(page.locator("a[href], button, input").count()))
    checks("every control of the code's page is reached by the keyboard", reached >= wanted, wanted - reached)
    page = one.visit("#settings")
    page.check("#view-usual")
    keyboard_receives(scene, checks, site)
    page = one.visit()
    one.code()
    checks("seconds are not announced", page.locator(".left").get_attribute("aria-hidden") == "true")
    page = one.visit("#settings")
    page.uncheck("#seconds")
    page = one.visit()
    one.code()
    texts = set()
    for _ in range(5):
        texts.add(page.inner_text(".holder"))
        page.wait_for_timeout(700)
    checks("hidden seconds do not change", len(texts) == 1 and page.locator(".bar").count() == 0, texts)
    checks("no error of a script", not one.errors, one.errors[:3])
    one.close()


def keyboard_receives(scene, checks, site):
    """A code is received without a pointer."""
    one = phone(scene, site)
    made = offer(site, person(site))
    page = one.visit("#" + made["link"].split("#")[1])
    page.focus("#receive")
    page.keyboard.press("Enter")
    page.wait_for_selector("#pin")
    page.keyboard.type(made["pin"])
    page.keyboard.press("Enter")
    page.wait_for_selector('#receiving[data-state="done"]')
    page.focus("#label")
    page.keyboard.press("Enter")
    one.code()
    checks("a code is received by the keyboard alone", len(one.held()) == 1)
    one.close()


def installing(scene, checks):
    site = scene.site()
    one = ready(scene, site)
    one.page.wait_for_function("navigator.serviceWorker.controller !== null")
    one.visit()
    session = one.context.new_cdp_session(one.page)
    manifest = session.send("Page.getAppManifest")
    checks("the browser reads the manifest without an error",
           manifest["url"].endswith("/w/manifest.webmanifest") and not manifest["errors"], manifest)
    errors = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # Chromium's profile for tests is one without history.
    errors = [error["errorId"] for error in errors if error["errorId"] != "in-incognito"]
    checks("the wallet can be installed", not errors, errors)
    one.close()


def speed(scene, checks):
    site = scene.site()
    one = ready(scene, site)
    one.page.wait_for_function("navigator.serviceWorker.controller !== null")
    site.close()
    session = one.context.new_cdp_session(one.page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    paints, codes, draws = [], [], []
    until_drawn = "before => document.querySelector('.code canvas').dataset.until !== before"
    for _ in range(7):
        page = one.visit()
        one.code()
        codes.append(page.evaluate("performance.now()"))
        paints.append(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
    for _ in range(7):
        # The other kind of code, drawn anew.
        page.evaluate("document.querySelector('.code canvas').dataset.until = ''")
        page.click("#kind")
        page.wait_for_function(until_drawn, arg="")
        draws.append(float(one.code().get_attribute("data-drawn")))
    print(f"phone-test:      offline, {SLOWER} times slower, medians of {len(paints)}: first paint "
          f"{statistics.median(paints):.0f} ms, code {statistics.median(codes):.0f} ms, drawing "
          f"{statistics.median(draws):.1f} ms", flush=True)
    scene.serve(site)
    one.close()


PARTS = {"awake": awake, "access": access, "installing": installing, "speed": speed}
