"""Checks of tools/phone-test: relatives, deletion, updates, places, other origins, and attacks."""
import base64
import hashlib
import json
import os
import time

from browser_site import HOST, USCC, WALLET, fetch, until
from phone import Thief, b64
from phone_checks import gate, offer, person, phone, ready


def relatives(scene, checks):
    site = scene.site()
    one = ready(scene, site)
    ward = person(site)
    page = one.receive(offer(site, one.subject, "--no-pin", "--for", ward), label="奶奶")
    checks("own and relative's codes are tabs", page.locator("[data-tab]").count() == 2)
    path = os.path.join(scene.folder, "ward.png")
    verdict = gate(scene, site).verdict(one.picture(path))
    checks("a relative's code is accepted, and the gate is told that it is delegated",
           verdict["code"] == "ok" and "deleg" in json.dumps(verdict).lower(), verdict)
    look = """() => { const holder = document.querySelector('.holder'), label = holder.querySelector('strong');
        const sizes = [...document.querySelectorAll('main *')].filter(e => e.childNodes.length && e !== label
            && [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
            .map(e => parseFloat(getComputedStyle(e).fontSize));
        const who = getComputedStyle(holder.querySelector('.who'));
        return { kind: holder.className, words: holder.querySelector('.who').innerText,
            label: parseFloat(getComputedStyle(label).fontSize), others: Math.max(...sizes), band: who.backgroundColor,
            border: getComputedStyle(holder).borderTopStyle }; }"""
    seen = page.evaluate(look)
    checks("the relative's label is the largest text", seen["label"] > seen["others"], seen)
    checks("the words say whose code it is, and who shows it",
           "亲属码" in seen["words"] and "奶奶" in seen["words"] and "小明" in seen["words"], seen["words"])
    page.locator("[data-tab]").first.click()
    one.code()
    own = page.evaluate(look)
    checks("own and relative's code differ in words, colour and shape of the band",
           "本人" in own["words"] and "亲属码" not in own["words"] and own["band"] != seen["band"]
           and own["border"] != seen["border"], (own, seen))
    held = next(holding for holding in one.held() if holding["isWard"])
    site.suishen("wallet", "revoke", held["id"])
    page.locator("[data-tab]").last.click()
    one.page.wait_for_timeout(500)
    look_again = gate(scene, site)
    until(lambda: look_again.code(one.picture(path)) == "revoked", "the revocation at the gate")
    checks("a guardian who is cut off is refused at the gate at once", True)
    page.evaluate("""id => new Promise(resolve => { const opening = indexedDB.open('suishen-wallet');
        opening.onsuccess = () => { const store = opening.result.transaction('holdings', 'readwrite').objectStore('holdings');
            const asked = store.get(id);
            asked.onsuccess = () => { store.put({ ...asked.result, coveredUntil: Date.now() / 1000 + 60 }, id)
                .onsuccess = () => { opening.result.close(); resolve(); }; }; }; })""", held["id"])
    one.visit()
    page.locator("[data-tab]").last.click()
    page.wait_for_selector('[data-notice="revoked"]')
    checks("at the renewal the phone loses the relative's code", page.locator(".code").count() == 0)
    page.locator("[data-tab]").first.click()
    checks("and keeps its own", one.code().is_visible())
    checks("no error of a script", not one.errors, one.errors[:3])
    one.close()


def deletion(scene, checks):
    site = scene.site()
    one = ready(scene, site)
    for what, kinds in (("the database", "indexeddb"), ("everything", "all")):
        session = one.context.new_cdp_session(one.page)
        one.page.goto("about:blank")
        session.send("Storage.clearDataForOrigin", {"origin": site.wallet, "storageTypes": kinds})
        page = one.visit()
        page.wait_for_selector("#empty")
        text = page.inner_text("main")
        checks(f"after {what} was deleted the way back is shown", "窗口" in text and "挂失码" in text, text)
        checks("and the loss page is a tap away", page.locator('#empty a[href="#lost"]').is_visible())
        checks("a deleted database is told from a new phone",
               (page.locator('[data-notice="deleted"]').count() == 1) == (kinds == "indexeddb"))
        checks("no error of a script", not one.errors, one.errors[:3])
        if kinds == "indexeddb":
            one.receive(offer(site, one.subject, "--no-pin"))
            checks("a new link brings codes again", one.code().is_visible())
    one.close()


def version(page):
    return page.evaluate("document.body.dataset.version")


def updates(scene, checks):
    site = scene.site()
    one = ready(scene, site)
    one.page.wait_for_function("navigator.serviceWorker.controller !== null")
    before = version(one.page)
    site.close()
    scene.serve_changed(site)
    page = one.visit()
    page.wait_for_selector('[data-notice="update"]')
    checks("a new version is announced, and does not start", version(page) == before)
    page = one.visit()
    checks("it does not start at the next opening", version(page) == before)
    one.restart()
    page = one.visit()
    checks("nor after a restart of the browser", version(page) == before, version(page))
    one.close()
    time.sleep(1)
    one.open()
    page = one.visit()
    checks("nor after another one", version(page) == before, version(page))
    page.wait_for_selector("#update")
    page.click("#update")
    page.wait_for_function("before => document.body?.dataset.ready && document.body.dataset.version !== before", arg=before)
    checks("it starts when the holder agrees, and the codes are still there", one.code().is_visible())
    page = one.visit()
    checks("and stays", version(page) != before and page.locator('[data-notice="update"]').count() == 0)
    checks("no error of a script, no report of the policy", not one.errors, one.errors[:3])
    one.close()
    site.close()
    scene.serve(site)


def places(scene, checks):
    site = scene.site()
    place = site.object("place", "park")
    base32 = site.path(place).split("/")[2]
    until(lambda: os.path.exists(os.path.join(site.tree, "status/hot")), "the tree")
    one = ready(scene, site)
    one.requests.clear()
    page = one.visit(f"#in={base32}")
    page.wait_for_selector('#place:not([data-state="checking"])')
    checks("a place is checked on the phone", page.get_attribute("#place", "data-state") == "good",
           page.inner_text("#place"))
    text = page.inner_text("#place")
    checks("its manager and the purpose are shown", USCC in text and "用途" in text and "公园" in text, text)
    checks("the holder is asked", page.locator("#keep").count() == 1 and page.locator("#show").count() == 1)
    page.wait_for_timeout(1000)
    before = [(request.method, request.url, request.post_data) for request in one.requests]
    page.click("#keep")
    page.wait_for_selector('#place[data-state="kept"]')
    page.wait_for_timeout(500)
    everything = [(request.method, request.url, request.post_data or "", json.dumps(request.headers))
                  for request in one.requests]
    named = [item for item in everything if any(word.lower() in "".join(item).lower() for word in (base32, place))]
    checks("no request names the place, neither before nor after consent", not named, named)
    modules = {item[1] for item in everything if item[1].endswith(".wasm")}
    checks("the wallet loads one module of WebAssembly, also to check a place", len(modules) == 1, modules)
    sent = [item for item in before if item[0] != "GET" and not item[1].endswith(("/vci/nonce",))]
    checks("nothing is sent before consent", not sent, sent)
    visits = one.held("diary")
    checks("the diary has the visit", len(visits) == 1 and visits[0]["object"] == place, visits)
    page = one.visit("#records")
    page.wait_for_selector("#diary li")
    page.click("#clear-diary")
    page.wait_for_selector("#diary li", state="detached")
    checks("the diary can be deleted", not one.held("diary"))
    page.wait_for_selector("#history li")
    page.click("#clear-history")
    page.wait_for_selector("#history li", state="detached")
    checks("so can the history", not one.held("history"))
    letter = "B" if base32[60] == "A" else "A"
    page = one.visit(f"#in={base32[:60]}{letter}{base32[61:]}")
    page.wait_for_selector('#place[data-state="bad"]')
    checks("a forged place is refused, and nothing is asked", page.locator("#keep").count() == 0)
    page.evaluate("""() => new Promise(resolve => { const opening = indexedDB.open('suishen-wallet');
        opening.onsuccess = () => { opening.result.transaction('diary', 'readwrite').objectStore('diary')
            .put({ id: 'old', at: Date.now() / 1000 - 15 * 86400, manager: 'x', category: '1' }, 'old')
            .onsuccess = () => { opening.result.close(); resolve(); }; }; })""")
    one.visit()
    until(lambda: not one.held("diary"), "the end of an old visit")
    checks("after 14 days a visit is deleted", True)
    checks("no error of a script", not one.errors, one.errors[:3])
    one.close()


def isolation(scene, checks):
    site = scene.site()
    one = ready(scene, site)
    path = site.path(site.object("object", "elevator"))
    page = one.context.new_page()
    page.goto(site.code_origin + path)
    found = page.evaluate("""async wallet => {
        const read = async () => { try { await fetch(wallet + '/vci/nonce', { method: 'POST', body: '{}',
            headers: { 'Content-Type': 'application/json' } }); return 'reached'; } catch (error) { return error.name; } };
        const popup = window.open(wallet + '/w/');
        await new Promise(resolve => setTimeout(resolve, 1500));
        let opened; try { opened = popup ? String(popup.closed || popup.document) : 'none'; } catch (error) { opened = error.name; }
        return { databases: (await indexedDB.databases()).map(one => one.name), storage: Object.keys(localStorage)
            .filter(name => name.startsWith('suishen.wallet')), caches: await caches.keys(), fetched: await read(), opened }; }""",
        site.wallet)
    checks("a script of the code host sees no database, storage or cache of the wallet",
           not found["databases"] and not found["storage"] and not found["caches"], found)
    checks("its requests to the wallet's service are refused by the browser", found["fetched"] == "TypeError", found)
    checks("a window that it opens is out of its reach", found["opened"] in ("true", "none", "SecurityError"), found)
    headers = fetch(f"{site.wallet}/w/", Host=WALLET)[1]
    checks("no page may frame the wallet", "frame-ancestors 'none'" in headers["content-security-policy"], headers)
    checks("no other host is reached by the wallet's pages",
           not [request.url for request in one.requests if f"//{HOST}" in request.url and "/w/" in request.frame.url])
    one.close()


def attacks(scene, checks):
    site = scene.site()
    thief = Thief(site.wallet)
    made = offer(site, person(site))
    grant = {"grant_type": "urn:ietf:params:oauth:grant-type:pre-authorized_code", "pre-authorized_code": code_of(made)}
    status, answer = thief.grant(**grant)
    checks("an intercepted offer without its PIN gets nothing",
           status == 400 and answer["code"] == "pin_wrong" and "access_token" not in answer, answer)
    # A relay between phone and service, which sees every request and the PIN, and has a key of its own.
    subject = person(site)
    victim, made, seen = phone(scene, site), offer(site, subject), {}

    def relay(route):
        request = route.request
        if request.url.endswith("/vci/credential"):
            seen["jwt"] = json.loads(request.post_data)["proofs"]["jwt"][0]
        if request.url.endswith("/vci/token"):
            seen["form"] = dict(pair.split("=") for pair in request.post_data.split("&"))
            seen["dpop"] = request.headers["dpop"]
        route.abort() if request.url.endswith("/vci/credential") else route.continue_()
    victim.context.route("**/vci/**", relay)
    page = victim.visit("#" + made["link"].split("#")[1])
    page.click("#receive")
    victim.give(made["pin"])
    page.wait_for_selector("#retry")
    status, answer = thief.grant(
        **{"grant_type": grant["grant_type"], "pre-authorized_code": code_of(made), "tx_code": made["pin"]})
    checks("a relay that saw code and PIN can ask for a token", status == 200, answer)
    access = answer["access_token"]
    nonce, anchors = thief.nonce(), [os.urandom(16).hex() for _ in range(made["days"])]
    stolen = json.loads(unpadded(seen["jwt"].split(".")[1]))["mac"]
    for what, proof in (
            ("the phone's own proof", seen["jwt"]),
            ("a proof of its own with the phone's mac", thief.token(
                "openid4vci-proof+jwt", {"aud": site.wallet, "iat": int(time.time()), "nonce": nonce,
                                         "anchors": anchors, "mac": stolen})),
            ("a proof of its own without a mac", thief.token(
                "openid4vci-proof+jwt", {"aud": site.wallet, "iat": int(time.time()), "nonce": nonce, "anchors": anchors}))):
        body = json.dumps({"credential_configuration_id": "suishen-person", "proofs": {"jwt": [proof]}}).encode()
        status, answer = thief.ask("credential", access, body, Idempotency_Key=what)
        checks(f"with {what} the relay gets nothing",
               status in (400, 401) and answer["code"] == "proof_invalid" and "credentials" not in answer, answer)
    status, answer = thief.grant(proof=seen["dpop"], **{
        "grant_type": grant["grant_type"], "pre-authorized_code": code_of(made), "tx_code": made["pin"]})
    checks("a replayed DPoP is refused", status == 400 and answer["error"] == "invalid_dpop_proof", answer)
    checks("nothing was issued", not site.suishen("wallet", "list", subject))
    victim.context.unroute("**/vci/**")
    page.click("#retry")
    page.wait_for_selector('#receiving[data-state="done"]')
    checks("the holder receives in spite of it", len(victim.held()) == 1)
    page.click("#save-label")
    victim.code()
    token = victim.held()[0]["refreshToken"]
    status, answer = thief.grant(grant_type="refresh_token", refresh_token=token)
    checks("a stolen refresh token without the device key gets nothing",
           status == 400 and answer["error"] == "invalid_grant", answer)
    path, look = os.path.join(scene.folder, "lost.png"), gate(scene, site)
    checks("before the loss the code is accepted", look.code(victim.picture(path)) == "ok")
    other = phone(scene, site)
    page = other.visit("#lost")
    page.fill("#loss-code", "AAAA-AAAA-AAAA-AAAA-A")
    page.click("#send-loss")
    page.wait_for_selector('#lost[data-state="failed"]')
    checks("a wrong loss code says so", page.locator('[data-notice="loss_code_unknown"]').count() == 1)
    page.fill("#loss-code", made["lossCode"].lower())
    page.click("#send-loss")
    page.wait_for_selector('#lost[data-state="done"]')
    again = gate(scene, site)
    until(lambda: again.code(victim.picture(path)) == "revoked", "the revocation at the gate")
    checks("the loss code revokes the codes from any phone", True)
    live_codes(scene, checks, site)
    for used in (victim, other):
        used.close()


def live_codes(scene, checks, site):
    one = ready(scene, site)
    other = ready(scene, site, subject=one.subject)
    page = one.visit("#codes")
    page.wait_for_selector('#live[data-state="listed"]')
    text = page.inner_text("#live")
    checks("the list has the codes of both phones", text.count("这部手机") >= 14 and text.count("其他手机") == 14, text)
    page.click("#revoke-all")
    checks("to revoke all takes a second step", page.locator("#revoke-sure").count() == 1)
    page.click("#revoke-not")
    page.wait_for_selector('#live[data-state="listed"]')
    page.click("#revoke-all")
    page.click("#revoke-sure")
    page.wait_for_selector('#live[data-state="revoked"]')
    checks("28 codes are revoked", "28" in page.inner_text("#live"), page.inner_text("#live"))
    page = one.visit()
    page.wait_for_selector('[data-notice="revoked"]')
    checks("a revoked code is not shown", page.locator(".code").count() == 0)
    path, look = os.path.join(scene.folder, "revoked.png"), gate(scene, site)
    until(lambda: look.code(other.picture(path)) == "revoked", "the revocation of the other phone's codes")
    checks("the other phone's code is refused", True)
    one.close()
    other.close()


def code_of(made):
    """The pre-authorized code of an offer."""
    return b64(hashlib.sha256(unpadded(made["link"].split("offer=")[1])).digest())


def unpadded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


PARTS = {"relatives": relatives, "deletion": deletion, "updates": updates, "places": places, "isolation": isolation,
         "attacks": attacks}
