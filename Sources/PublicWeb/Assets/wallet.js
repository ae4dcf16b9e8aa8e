import { bytesOfHex } from "./bytes.js";
import { Awake } from "./wallet-awake.js";
import { Clock } from "./wallet-clock.js";
import { Failure } from "./wallet-failure.js";
import { frame } from "./wallet-frame.js";
import { Module } from "./wallet-module.js";
import { Preferences } from "./wallet-preferences.js";
import { Receiving } from "./wallet-receiving.js";
import { Records } from "./wallet-records.js";
import { Service } from "./wallet-service.js";
import { Shell } from "./wallet-shell.js";
import { Showing } from "./wallet-showing.js";
import { Store } from "./wallet-store.js";
import { wordsOf } from "./wallet-words.js";
import { codeView } from "./wallet-code-view.js";
import { liveView } from "./wallet-live-view.js";
import { lostView } from "./wallet-lost-view.js";
import { placeView } from "./wallet-place-view.js";
import { receiveView } from "./wallet-receive-view.js";
import { recordsView } from "./wallet-records-view.js";
import { settingsView } from "./wallet-settings-view.js";

const views = {
  code: codeView, receive: receiveView, records: recordsView, settings: settingsView, codes: liveView, lost: lostView,
  place: placeView,
};
/** How often an open wallet looks whether codes are to be renewed, in milliseconds. */
const upkeepMilliseconds = 10 * 60_000;

/** The wallet: what it has, and which page of it is shown. */
export class App {
  preferences = new Preferences();
  clock = new Clock();
  service = new Service(this.clock);
  awake = new Awake();
  /** @type {import('./wallet-store.js').Holding[]} own ones first. */
  holdings = [];
  chosen = "";
  /** What a link gave, which the address bar no longer has. */
  offer = "";
  place = "";
  challenge = new Uint8Array();
  /** Whether the last renewal of each holding failed, by its code. */
  failures = new Map();
  isRenewing = false;
  #view = { name: "", stop: () => {}, refresh: () => {} };

  get words() {
    return wordsOf(this.preferences.language);
  }

  get holding() {
    return this.holdings.find((holding) => holding.id === this.chosen) ?? this.holdings[0];
  }

  /** The label of the holder, who shows relatives' codes. */
  get ownLabel() {
    return this.holdings.find((holding) => !holding.isWard)?.label ?? this.words.labels.own;
  }

  async start() {
    const { module, version } = document.body.dataset;
    this.version = version;
    this.loading = Module.load(module);
    this.loading.catch(() => {});
    try {
      this.store = await Store.open();
      this.receiving = new Receiving(this.store, this.service, () => this.loading);
      this.records = new Records(this.store);
      await this.readHoldings();
      this.isPending = await this.receiving.isPending();
    } catch (error) {
      this.broken = error;
    }
    addEventListener("hashchange", () => this.#route());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.upkeep();
    });
    this.service.onreach = () => this.#view.refresh();
    this.#route();
    this.shell = new Shell(version, () => this.#view.refresh());
    this.shell.begin();
    await this.upkeep();
    setInterval(() => this.upkeep(), upkeepMilliseconds);
  }

  async readHoldings() {
    this.holdings = (await this.store.all("holdings"))
      .sort((left, right) => Number(left.isWard) - Number(right.isWard) || left.receivedAt - right.receivedAt);
    if (this.holdings.length > 0) this.preferences.hadCodes = true;
  }

  /** Shows another page. @param {string} name */
  go(name) {
    if (location.hash === `#${name}`) this.render(name);
    else location.hash = name;
  }

  /** Takes what a link gave out of the address, and shows its page. */
  #route() {
    const [name, value] = location.hash.slice(1).split("=", 2);
    const keep = (page) => history.replaceState(null, "", `#${page}`);
    if (name === "offer") {
      this.offer = value ?? "";
      keep("receive");
    } else if (name === "in") {
      this.place = value ?? "";
      keep("place");
    } else if (name === "challenge") {
      if (/^([0-9a-f]{2}){8,16}$/i.test(value ?? "")) this.challenge = bytesOfHex(value);
      keep("code");
    }
    const page = location.hash.slice(1);
    if ((page === "receive" && !this.offer) || (page === "place" && !this.place) || !(page in views)) keep("code");
    this.render(location.hash.slice(1));
  }

  /** @param {string} name of the page; the current one by default. */
  render(name = this.#view.name) {
    this.#view.stop();
    const { words, preferences } = this;
    document.documentElement.lang = preferences.language === "zh" ? "zh-CN" : "en";
    document.body.className = `${preferences.isLarge ? "large" : "usual"} wallet`;
    const isNew = this.#view.name !== name;
    this.#view = { name, stop: () => {}, refresh: () => {} };
    const main = frame(this, name);
    const made = views[name](this, main);
    this.#view = { name, stop: made.stop ?? (() => {}), refresh: made.refresh ?? (() => {}) };
    document.title = `${made.title ?? words.pages.code} · ${words.service}`;
    document.body.dataset.view = name;
    if (isNew && document.body.dataset.ready) {
      scrollTo(0, 0);
      main.focus({ preventScroll: true });
    }
    document.body.dataset.ready = "yes";
  }

  /** Says a change to those who do not see it. @param {string} text */
  announce(text) {
    const region = document.getElementById("announced");
    if (region !== null && region.textContent !== text) region.textContent = text;
  }

  /** The program that makes codes. @returns {Promise<Showing>} */
  async showingCodes() {
    this.showing ??= new Showing(this.store, await this.loading);
    return this.showing;
  }

  /** Asks the time, completes what was begun, and renews what is due; all of it needs a network, nothing else does. */
  async upkeep() {
    if (this.store === undefined) return;
    this.clock.forgetIfSet();
    await this.records?.prune(this.clock.now());
    if (this.holdings.length === 0 && !this.isPending) return;
    try {
      await this.service.greet();
    } catch {
      return;
    } finally {
      this.#view.refresh();
    }
    if (this.isPending && this.#view.name !== "receive") await this.#resume();
    for (const holding of this.holdings) {
      if (this.receiving.isDue(holding)) await this.renew(holding);
    }
    navigator.storage?.persist?.();
  }

  async #resume() {
    try {
      await this.received(await this.receiving.finish((isWard) => this.words.labels[isWard ? "ward" : "own"]));
      this.announce(this.words.receive.resumed);
    } catch (error) {
      this.isPending = error instanceof Failure && error.isPassing;
    }
    this.render();
  }

  /** Takes a new holding in. @param {import('./wallet-store.js').Holding} holding */
  async received(holding) {
    this.isPending = false;
    this.offer = "";
    this.chosen = holding.id;
    this.showing?.forget();
    await this.records.note("received", holding.label, this.clock.now());
    await this.readHoldings();
    navigator.storage?.persist?.();
  }

  /** Renews a holding, and shows what came of it. @param {import('./wallet-store.js').Holding} holding */
  async renew(holding) {
    if (this.isRenewing) return;
    this.isRenewing = true;
    this.#view.refresh();
    try {
      await this.receiving.renew(holding);
      this.failures.delete(holding.id);
      await this.records.note("renewed", holding.label, this.clock.now());
      this.announce(this.words.notices.renewed);
    } catch (error) {
      this.failures.set(holding.id, error instanceof Failure ? error : new Failure("other", String(error)));
    }
    this.isRenewing = false;
    await this.readHoldings();
    if (this.#view.name === "code") this.render();
  }

  /** Words for an error. @param {unknown} error */
  failureWords(error) {
    const code = error instanceof Failure ? error.code : "other";
    const { failures } = this.words;
    return failures[code] ?? { ...failures.other, detail: `${failures.other.detail} (${code})` };
  }
}

await new App().start();
