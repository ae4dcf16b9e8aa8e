import { words } from "./words.js";

/** @typedef {import("./finding.js").Finding} Finding */

/** The states that leave the page's green; the first that some step has decides the whole. */
const order = ["failed", "revoked", "refused", "undone", "warned"];

const shapes = {
  bad: ["M8 2.5h8l5.5 5.5v8L16 21.5H8L2.5 16V8Z", "m8.5 8.5 7 7m0-7-7 7"],
  open: ["M12 3 22 20.5H2Z", "M12 9.5v5m0 3v.1"],
};

/** Shows the findings beside what the server said. */
export class View {
  #sentence = document.getElementById("check");
  #list = document.createElement("ul");
  #findings = new Map();
  #names;

  /** @param {string[]} names the steps, in their order. */
  constructor(names) {
    this.#names = names;
    this.#list.id = "checks";
    this.#list.className = "checks";
    this.#sentence.after(this.#list);
    this.#say("loading");
  }

  /** @param {string} name @param {Finding} finding */
  report(name, finding) {
    this.#findings.set(name, finding);
    this.#list.append(item(name, finding));
  }

  /** Says the whole, once all steps were reported; a step without a finding was not checked. */
  finish() {
    for (const name of this.#names.filter((name) => !this.#findings.has(name))) {
      this.report(name, { state: "undone", note: "module" });
    }
    const states = new Set([...this.#findings.values()].map((finding) => finding.state));
    const whole = order.find((state) => states.has(state)) ?? "proved";
    this.#say(whole);
    if (whole === "failed") showBanner("bad", words().bannerFailed, words().bannerFailedDetail);
    if (whole === "revoked") showBanner("bad", words().bannerRevoked, words().bannerRevokedDetail);
    if (whole === "undone") dimBanner(words().bannerUndone, words().bannerUndoneDetail);
    if (whole === "warned") dimBanner(words().bannerWarned, words().bannerWarnedDetail);
  }

  #say(state) {
    this.#sentence.dataset.state = state;
    this.#sentence.textContent = words()[state];
  }
}

/** @param {string} name @param {Finding} finding */
function item(name, finding) {
  const item = document.createElement("li");
  item.dataset.step = name;
  item.dataset.state = finding.state;
  const state = document.createElement("strong");
  state.textContent = words().states[finding.state];
  item.append(state, ` ${words().steps[name]}`);
  const note = noteText(finding);
  if (note !== null) {
    const small = document.createElement("p");
    small.className = "quiet";
    small.textContent = note;
    item.append(small);
  }
  return item;
}

/** @param {Finding} finding */
function noteText(finding) {
  if (finding.note === undefined) return null;
  const note = words().notes[finding.note];
  if (note === undefined) return `${finding.note}: ${finding.reason ?? ""}`;
  return typeof note === "function" ? note(finding.argument) : note;
}

/** Takes the green from the banner, and leaves another colour as it is. */
function dimBanner(title, detail) {
  if (document.getElementById("verdict")?.dataset.tone === "good") showBanner("open", title, detail);
}

function showBanner(tone, title, detail) {
  const banner = document.getElementById("verdict");
  if (banner === null) return;
  banner.dataset.tone = tone;
  banner.className = `banner ${tone}`;
  banner.querySelector("svg")?.replaceWith(icon(tone));
  const [heading, text] = [banner.querySelector("strong"), banner.querySelector("p")];
  if (heading !== null) heading.textContent = title;
  if (text !== null) text.textContent = detail;
}

function icon(tone) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const attributes = {
    viewBox: "0 0 24 24", "aria-hidden": "true", fill: "none", stroke: "currentColor", "stroke-width": "2.2",
    "stroke-linecap": "round", "stroke-linejoin": "round",
  };
  for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, value);
  for (const shape of shapes[tone]) {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", shape);
    svg.append(path);
  }
  return svg;
}
