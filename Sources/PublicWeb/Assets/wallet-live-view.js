import { button, make, notice } from "./dom.js";
import { timeText } from "./wallet-words.js";

/** A time within a year. @param {number} seconds */
const dayText = (seconds) => timeText(seconds).slice(5);

/** Every live code of the holder, and how to revoke them. @param {import('./wallet.js').App} app @param {HTMLElement} main */
export function liveView(app, main) {
  const { words } = app;
  const holding = app.holdings.find((one) => !one.isWard && one.status === "active")
    ?? app.holdings.find((one) => one.status === "active");
  const place = make("div", { id: "live", "data-state": "loading" }, make("p", { role: "status" }, words.live.loading));
  main.append(make("h1", {}, words.live.heading), make("p", { class: "quiet" }, words.live.note), place,
    make("p", {}, make("a", { class: "button", href: "#settings" }, words.back)));
  if (holding === undefined) show("none", make("p", {}, words.live.none));
  else load();
  return { title: words.live.heading };

  function show(state, ...content) {
    place.dataset.state = state;
    place.replaceChildren(...content);
  }

  function fail(error) {
    show("failed", notice("open", "failure", app.failureWords(error), button(words.retry, load)));
  }

  async function load() {
    show("loading", make("p", { role: "status" }, words.live.loading));
    try {
      const { keys, token } = await app.receiving.access(holding);
      const { codes } = await app.service.codes(keys, token);
      list(codes);
    } catch (error) {
      fail(error);
    }
  }

  function list(codes) {
    const items = codes.map((code) => make("li", {}, make("div", {},
      make("strong", {}, words.live[code.kind] ?? code.kind), make("br"),
      words.live.span(dayText(code.issued_at), code.expires_at ? dayText(code.expires_at) : "")),
    make("span", {}, code.is_here ? words.live.here : words.live.elsewhere)));
    const actions = make("div", { class: "actions" },
      button(words.live.revokeHere, () => confirm("holding"), { class: "danger", id: "revoke-here" }),
      !holding.isWard && button(words.live.revokeAll, () => confirm("subject"), { class: "danger", id: "revoke-all" }));
    show("listed", codes.length === 0 ? make("section", {}, make("p", {}, words.live.none))
      : make("section", {}, make("ul", { class: "list" }, ...items)), actions);
  }

  /** The second step. @param {"holding" | "subject"} scope */
  function confirm(scope) {
    const sure = notice("bad", "sure", { title: words.live[scope === "subject" ? "revokeAll" : "revokeHere"],
      detail: words.live.sure }, make("div", { class: "actions" },
      button(words.live.yes, () => revoke(scope), { class: "danger", id: "revoke-sure" }),
      button(words.cancel, load, { id: "revoke-not" })));
    show("sure", sure);
    document.getElementById("revoke-not")?.focus();
  }

  async function revoke(scope) {
    show("loading", make("p", { role: "status" }, words.live.loading));
    try {
      const { keys, token } = await app.receiving.access(holding);
      const { revoked } = await app.service.revoke(keys, token, scope);
      for (const one of app.holdings.filter((one) => (scope === "subject" ? !one.isWard : one === holding))) {
        one.status = "revoked";
        await app.store.put("holdings", one.id, one);
      }
      await app.records.note("revoked", holding.label, app.clock.now());
      await app.readHoldings();
      show("revoked", notice("good", "revokedNow", { title: words.live.revoked(revoked) }));
      app.announce(words.live.revoked(revoked));
    } catch (error) {
      fail(error);
    }
  }
}
