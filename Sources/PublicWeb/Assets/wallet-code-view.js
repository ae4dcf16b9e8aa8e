import { icon } from "./icon.js";
import { button, make, notice } from "./dom.js";
import { notices } from "./wallet-notices.js";
import { draw } from "./wallet-symbol.js";
import { timeText } from "./wallet-words.js";

/** Which holdings were noted in the history since the wallet was opened. */
const noted = new Set();

/** The code of the chosen holding. @param {import('./wallet.js').App} app @param {HTMLElement} main */
export function codeView(app, main) {
  const { words, holding } = app;
  const above = make("div", { id: "notices" });
  main.append(make("h1", { class: "unseen" }, words.pages.code), above);
  if (app.broken) {
    above.append(notice("bad", "broken", app.failureWords(app.broken)));
    return {};
  }
  if (holding === undefined) {
    emptyView(app, main);
    const refresh = () => above.replaceChildren(...notices(app, undefined, true));
    refresh();
    return { refresh };
  }
  if (app.holdings.length > 1) main.append(tabs(app));
  const who = make("section", {
    class: `holder ${holding.isWard ? "ward" : "own"}`, "data-holding": holding.id, "aria-label": holding.label,
  }, label(app));
  main.append(who);
  const live = new LiveCode(app, who);
  const refresh = () => above.replaceChildren(...notices(app, holding, live.isCovered));
  live.onchange = refresh;
  refresh();
  if (holding.status === "active") live.begin();
  else live.isCovered = true;
  return { refresh: () => { refresh(); live.restart(); }, stop: () => live.end() };
}

function emptyView(app, main) {
  const { words, preferences } = app;
  if (preferences.hadCodes) main.append(notice("bad", "deleted", words.deleted));
  main.append(make("section", { id: "empty" }, make("h2", {}, words.empty.heading),
    ...words.empty.lines.map((line) => make("p", {}, line)),
    make("p", {}, make("a", { class: "button", href: "#lost" }, words.empty.lostLink))));
}

function tabs(app) {
  return make("div", { class: "tabs", role: "group", "aria-label": app.words.pages.code },
    ...app.holdings.map((holding) => make("button", {
      type: "button", class: holding.isWard && "is-ward", "aria-pressed": String(holding === app.holding),
      "data-tab": holding.id, onclick: () => {
        app.chosen = holding.id;
        app.render();
        document.querySelector(`[data-tab="${holding.id}"]`)?.focus();
      },
    }, icon(holding.isWard ? "family" : "person"), holding.label)));
}

/** Whose code it is: a relative's label is the largest text of the page, and stands in a band of its own kind. */
function label(app) {
  const { words, holding } = app;
  return make("p", { class: "who" }, icon(holding.isWard ? "family" : "person"), make("span", {},
    make("span", { class: "badge" }, holding.isWard ? words.code.ward : words.code.own),
    make("strong", {}, holding.label),
    holding.isWard && make("span", {}, words.code.wardOf(app.ownLabel))));
}

/** A code that changes by itself. */
class LiveCode {
  onchange = () => {};
  /** Whether a code covers the time; null before that is known. */
  isCovered = true;
  #shown = null;
  #timer = 0;
  #isEnded = false;
  #isBusy = false;

  constructor(app, section) {
    Object.assign(this, { app, section });
    this.kind = app.kind ?? "chain";
    this.canvas = make("canvas", { role: "img", "aria-label": app.words.code.canvas });
  }

  begin() {
    const { app } = this;
    const { words, holding } = app;
    this.bar = make("i");
    this.seconds = make("span");
    this.panel = make("button", {
      type: "button", class: "panel", "aria-label": words.code.enlarge, onclick: () => this.#enlarge(),
    }, this.canvas);
    const hides = app.preferences.hidesSeconds;
    this.code = make("div", { class: "code" }, this.panel,
      hides ? make("p", { class: "left" }, words.code.refreshes)
        : make("div", { class: "left", "aria-hidden": "true" },
          make("div", { class: `bar ${holding.isWard ? "ward" : "own"}` }, this.bar), this.seconds),
      button(words.code.enlarge, () => this.#enlarge(), { class: "enlarge", id: "enlarge" }));
    this.below = make("div", { class: "below" });
    this.section.append(this.code, this.below);
    this.onsize = () => {
      this.room = this.section.clientWidth;
      this.#redraw();
    };
    this.room = this.section.clientWidth;
    addEventListener("resize", this.onsize);
    this.onvisible = () => document.visibilityState === "visible" && this.#tick();
    document.addEventListener("visibilitychange", this.onvisible);
    app.awake.begin();
    this.#describe();
    this.#tick();
  }

  end() {
    this.#isEnded = true;
    clearTimeout(this.#timer);
    removeEventListener("resize", this.onsize);
    document.removeEventListener("visibilitychange", this.onvisible);
    document.querySelector("dialog.whole")?.remove();
    this.app.awake.end();
  }

  /** Makes the code anew where the time has turned out to be another one. */
  restart() {
    if (this.code !== undefined) this.#tick();
  }

  async #tick() {
    if (this.#isEnded || this.#isBusy) return;
    clearTimeout(this.#timer);
    this.#isBusy = true;
    let now = this.app.clock.now();
    try {
      if (this.#shown === null || now >= this.#shown.until || now < this.#shown.begin) await this.#make(now);
    } finally {
      this.#isBusy = false;
    }
    if (this.#isEnded) return;
    now = this.app.clock.now();
    this.#count(now);
    const until = this.#shown ? Math.max(0, this.#shown.until - now) : 5;
    const wait = this.app.preferences.hidesSeconds || !this.#shown ? until : Math.min(until, 1 - (now % 1) + 0.01);
    this.#timer = setTimeout(() => this.#tick(), Math.max(20, wait * 1000));
  }

  async #make(now) {
    const { app } = this;
    const { holding } = app;
    let shown = null;
    try {
      shown = await (await app.showingCodes()).show(holding, this.kind, now, app.challenge);
    } catch (error) {
      this.code.replaceChildren(notice("bad", "broken", app.failureWords(error)));
      this.#isEnded = true;
      return;
    }
    this.#shown = shown;
    const wasCovered = this.isCovered;
    this.isCovered = shown !== null;
    this.code.hidden = shown === null;
    if (wasCovered !== this.isCovered) {
      this.onchange();
      this.#describe();
    }
    if (shown === null) return;
    const { module } = await app.showingCodes();
    const begin = performance.now();
    this.symbol = module.symbol(shown.text);
    this.#redraw();
    this.canvas.dataset.drawn = String(Math.round((performance.now() - begin) * 10) / 10);
    this.canvas.dataset.until = String(shown.until);
    this.canvas.dataset.kind = shown.kind;
    if (!noted.has(holding.id)) {
      noted.add(holding.id);
      await app.records.note("shown", holding.label, now);
    }
  }

  #redraw() {
    if (this.symbol === undefined) return;
    draw(this.canvas, this.symbol, this.room);
    const large = document.querySelector("dialog.whole canvas");
    if (large) draw(large, this.symbol, Math.min(innerWidth, innerHeight * 0.75));
  }

  #count(now) {
    if (!this.#shown || this.app.preferences.hidesSeconds) return;
    const { begin, until } = this.#shown;
    const left = Math.max(0, until - now);
    this.seconds.textContent = this.app.words.code.secondsLeft(Math.ceil(left));
    this.bar.style.transform = `scaleX(${Math.min(1, left / Math.max(1, until - begin))})`;
  }

  /** What stands below the code: how long the strip lasts, and the other kind. */
  #describe() {
    const { app } = this;
    const { words, holding } = app;
    if (!this.isCovered) {
      this.below.replaceChildren();
      return;
    }
    const change = () => {
      this.kind = this.kind === "chain" ? "signed" : "chain";
      app.kind = this.kind;
      this.#shown = null;
      this.#describe();
      this.#tick();
      document.getElementById("kind")?.focus();
    };
    const isAsked = app.challenge.length > 0;
    this.below.replaceChildren(...[
      make("p", { id: "strip" }, words.code.goodUntil(timeText(holding.coveredUntil))),
      isAsked && make("p", {}, words.code.challenge),
      make("p", { class: "quiet" }, words.code.kinds[isAsked ? "signed" : this.kind]),
      isAsked
        ? button(words.code.toChain, () => { app.challenge = new Uint8Array(); app.render(); }, { class: "plain" })
        : button(this.kind === "chain" ? words.code.toSigned : words.code.toChain, change, { class: "plain", id: "kind" })].filter(Boolean));
  }

  /** The code on a white screen. */
  #enlarge() {
    const { app } = this;
    const { holding, words } = app;
    const canvas = make("canvas", { role: "img", "aria-label": words.code.canvas });
    const whole = make("dialog", {
      class: `whole ${holding.isWard ? "ward" : "own"}`, "aria-label": holding.label, onclick: () => whole.close(),
      onclose: () => {
        whole.remove();
        this.panel.focus();
      },
    }, make("p", { class: "name" }, `${holding.isWard ? words.code.ward : words.code.own} · ${holding.label}`), canvas,
    button(words.code.close, () => whole.close()));
    document.body.append(whole);
    whole.showModal();
    this.#redraw();
  }
}
