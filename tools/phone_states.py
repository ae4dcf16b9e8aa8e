"""The pictures of tools/phone-test: every state of the wallet, in Chinese and English, at the width of a phone."""
import os

from phone_checks import offer, person, phone, ready

LANGUAGES = {"zh": "zh-CN", "en": "en-GB"}


def pictures(scene, checks):
    site = scene.site()
    for name, lang in LANGUAGES.items():
        def shoot(page, state, whole=True):
            page.wait_for_timeout(300)
            page.screenshot(path=os.path.join(scene.out, f"{state}-{name}.png"), full_page=whole)
        receiving(scene, site, lang, shoot)
        codes(scene, site, lang, shoot)
        places(scene, site, lang, shoot)
        ends(scene, lang, shoot)
    checks("every state was pictured", len(os.listdir(scene.out)) >= 60, len(os.listdir(scene.out)))


def receiving(scene, site, lang, shoot):
    one = phone(scene, site, lang=lang)
    shoot(one.visit(), "empty")
    made = offer(site, person(site))
    fragment = "#" + made["link"].split("#")[1]
    page = one.visit(fragment)
    shoot(page, "receive")
    page.click("#receive")
    page.wait_for_selector("#pin")
    shoot(page, "pin")
    wrong = [pin for pin in (f"{number:06}" for number in range(6)) if pin != made["pin"]]
    one.give(wrong[0])
    shoot(page, "pin-wrong")
    for pin in wrong[1:5]:
        one.give(pin)
    shoot(page, "pin-locked")
    made = offer(site, person(site), "--no-pin")
    page = one.visit("#lost")
    shoot(page, "lost")
    page.fill("#loss-code", "AAAA")
    page.click("#send-loss")
    page.wait_for_selector('#lost[data-state="failed"]')
    shoot(page, "lost-wrong")
    page.fill("#loss-code", made["lossCode"])
    page.click("#send-loss")
    page.wait_for_selector('#lost[data-state="done"]')
    shoot(page, "lost-done")
    page = one.visit("#" + made["link"].split("#")[1])
    page.click("#receive")
    page.wait_for_selector('#receiving[data-state="failed"]')
    shoot(page, "offer-ended")
    made = offer(site, person(site), "--no-pin")
    fragment = "#" + made["link"].split("#")[1]
    page = one.visit(fragment)
    page.route("**/vci/**", lambda route: route.abort())
    page.click("#receive")
    page.wait_for_selector("#retry")
    shoot(page, "receive-offline")
    page.unroute("**/vci/**")
    page.click("#retry")
    page.wait_for_selector('#receiving[data-state="done"]')
    shoot(page, "received")
    page = one.visit(fragment)
    page.click("#receive")
    page.wait_for_selector('#receiving[data-state="failed"]')
    shoot(page, "offer-used")
    one.close()


def codes(scene, site, lang, shoot):
    one = ready(scene, site, lang=lang)
    relative = "奶奶" if lang == "zh-CN" else "Grandma"
    page = one.page
    shoot(page, "code")
    page.click("#kind")
    page.wait_for_selector('canvas[data-kind="signed"]')
    shoot(page, "code-signed")
    page.click("#enlarge")
    page.wait_for_selector("dialog.whole")
    shoot(page, "whole", whole=False)
    page.keyboard.press("Escape")
    page = one.receive(offer(site, one.subject, "--no-pin", "--for", person(site)), label=relative)
    shoot(page, "relative")
    page.locator("[data-tab]").first.click()
    one.code()
    shoot(page, "own-of-two")
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        if scheme == "dark":
            shoot(page, "code-dark")
    page = one.visit("#records")
    page.wait_for_selector("#history li")
    shoot(page, "records")
    page = one.visit("#settings")
    shoot(page, "settings")
    page.check("#view-large")
    shoot(page, "settings-large")
    page = one.visit()
    one.code()
    shoot(page, "code-large")
    page.locator("[data-tab]").last.click()
    shoot(page, "relative-large")
    page = one.visit("#settings")
    page.check("#view-usual")
    page.uncheck("#seconds")
    page = one.visit()
    one.code()
    shoot(page, "code-without-seconds")
    page = one.visit("#codes")
    page.wait_for_selector('#live[data-state="listed"]')
    shoot(page, "codes")
    page.click("#revoke-all")
    shoot(page, "codes-sure")
    page.click("#revoke-sure")
    page.wait_for_selector('#live[data-state="revoked"]')
    shoot(page, "codes-revoked")
    page = one.visit()
    page.wait_for_selector('[data-notice="revoked"]')
    shoot(page, "revoked")
    one.close()
    one = ready(scene, site, lang=lang, clock_offset=300)
    one.page.wait_for_selector('[data-notice="clock"]')
    shoot(one.page, "clock")
    one.page.context.route("**/vci/**", lambda route: route.abort())
    page = one.visit()
    page.wait_for_selector('[data-notice="offline"]')
    one.code()
    shoot(page, "offline")
    session = one.context.new_cdp_session(page)
    session.send("Storage.clearDataForOrigin", {"origin": site.wallet, "storageTypes": "indexeddb"})
    page = one.visit()
    page.wait_for_selector('[data-notice="deleted"]')
    shoot(page, "deleted")
    one.close()
    update(scene, site, lang, shoot)


def update(scene, site, lang, shoot):
    one = ready(scene, site, lang=lang)
    one.page.wait_for_function("navigator.serviceWorker.controller !== null")
    site.close()
    scene.serve_changed(site)
    page = one.visit()
    page.wait_for_selector('[data-notice="update"]')
    one.code()
    shoot(page, "update")
    one.close()
    site.close()
    scene.serve(site)


def places(scene, site, lang, shoot):
    base32 = site.path(site.object("place", "park")).split("/")[2]
    one = ready(scene, site, lang=lang)
    page = one.visit(f"#in={base32}")
    page.wait_for_selector("#keep")
    shoot(page, "place")
    page.click("#keep")
    page.wait_for_selector('#place[data-state="kept"]')
    shoot(page, "place-kept")
    page = one.visit("#records")
    page.wait_for_selector("#diary li")
    shoot(page, "diary")
    page = one.visit(f"#in={base32[:-8]}")
    page.wait_for_selector('#place[data-state="bad"]')
    shoot(page, "place-forged")
    one.close()


def ends(scene, lang, shoot):
    """A strip at its end, and a relative's code that was cut off."""
    site = scene.site("short", personLifetimeSeconds=40)
    one = phone(scene, site, lang=lang)
    one.receive(offer(site, person(site), "--no-pin", "--days", "1"))
    site.close()
    page = one.page
    page.wait_for_selector('[data-notice="usedUp"]')
    shoot(page, "used-up")
    page.click("#renew")
    page.wait_for_selector("#renew:not([aria-disabled])")
    shoot(page, "used-up-offline")
    scene.serve(site)
    one.close()
    site = scene.site()
    one = ready(scene, site, lang=lang)
    one.receive(offer(site, one.subject, "--no-pin", "--for", person(site)))
    held = next(holding for holding in one.held() if holding["isWard"])
    site.suishen("wallet", "revoke", held["id"])
    one.page.evaluate("""id => new Promise(resolve => { const opening = indexedDB.open('suishen-wallet');
        opening.onsuccess = () => { const store = opening.result.transaction('holdings', 'readwrite').objectStore('holdings');
            const asked = store.get(id);
            asked.onsuccess = () => { store.put({ ...asked.result, coveredUntil: Date.now() / 1000 + 60 }, id)
                .onsuccess = () => { opening.result.close(); resolve(); }; }; }; })""", held["id"])
    one.visit()
    one.page.locator("[data-tab]").last.click()
    one.page.wait_for_selector('[data-notice="revoked"]')
    shoot(one.page, "relative-ended")
    one.close()


PARTS = {"pictures": pictures}
