"""The pictures of tools/browser-test: every state of a page, in both languages, at two widths and in large text."""
import datetime
import os
import re

from browser_site import USCC, altered, fetch, flipped, until

LANGUAGES = {"zh": "zh-CN", "en": "en-GB"}
# A name of a picture, its width in CSS px, and its view.
SIZES = {"phone": (390, "usual"), "desk": (1280, "usual"), "large": (390, "large")}


def pages(scene):
    """One page of each kind, by its name."""
    origin = scene.origin
    return {
        "object": origin + scene.object, "place": origin + scene.place, "enterprise": origin + scene.enterprise,
        "registered": f"{origin}/E/{USCC}", "empty": origin + scene.empty, "many": origin + scene.many,
        "revoked": origin + scene.gone, "over": origin + scene.over, "forged": origin + scene.forged,
        "unknown": origin + scene.sm2, "malformed": origin + "/O/ABCD", "sm2": scene.other_origin + scene.sm2,
        "missing": origin + "/nothing", "fault": scene.damaged + scene.object + "/proof/0",
        "report": scene.reporting + scene.object + "/report",
    }


def tampered(scene):
    """The states that need a server, a network or a clock which fails, by name: the address and what is changed."""
    url = scene.origin + scene.object
    old = fetch(scene.origin + "/log/checkpoint")[2]
    return {
        "isolated": (scene.alone + scene.object, {}),
        "failed": (url, {r"/log/tile/0/": altered(flipped)}),
        "offline": (url, {r"/(gates|log|status)/": lambda route: route.abort()}),
        "loading": (url, {}), "older": (url, {r"/log/checkpoint$": altered(lambda body: old)}),
        "refused": (scene.origin + scene.brief, {}),
    }


def picture(scene, browser, folder):
    """Leaves NAME-LANGUAGE-SIZE.png of every state; the daemon is stopped for the last one."""
    states = {name: (url, {}) for name, url in pages(scene).items()} | tampered(scene)
    old = fetch(scene.origin + "/log/checkpoint")[2]
    scene.site.append(scene.subject, "inspecting", "--location", "Hall 2")
    until(lambda: fetch(scene.origin + "/log/checkpoint")[2] != old, "a newer checkpoint")
    take_all(browser, states, folder)
    scene.site.stop_daemon()
    away = scene.origin + scene.empty
    until(lambda: fetch(away, Accept="text/html")[0] == 503, "the page without a daemon")
    take_all(browser, {"away": (away, {})}, folder)


def take_all(browser, states, folder):
    for lang, locale in LANGUAGES.items():
        for size, (width, view) in SIZES.items():
            for name, (url, tamper) in states.items():
                context = browser.context(lang=locale, width=width)
                take(browser, context, name, f"{url}?view={view}", tamper,
                     os.path.join(folder, f"{name}-{lang}-{size}.png"))
                context.close()


def take(browser, context, name, url, tamper, path):
    if name == "older":
        browser.open(url, context=context).close()
    page = context.new_page()
    if name == "refused":
        page.clock.set_fixed_time(datetime.datetime.now() + datetime.timedelta(hours=2))
    held = []
    if name == "loading":
        page.route(re.compile(r"/gates/"), lambda route: held.append(route))
    for pattern, change in tamper.items():
        page.route(re.compile(pattern), change)
    page.goto(url)
    if name == "loading":
        page.wait_for_selector('#check[data-state="loading"]')
    else:
        browser.settle(page)
    page.screenshot(path=path, full_page=True)
    for route in held:
        route.abort()
