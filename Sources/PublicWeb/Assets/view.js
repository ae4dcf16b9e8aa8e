import { Banner } from "./banner.js";
import { words } from "./words.js";

/** @typedef {import("./finding.js").Finding} Finding */

/** The states that leave the page's green; the first that some step has decides the whole. */
const order = ["failed", "revoked", "refused", "undone", "warned"];

/** Shows the findings beside what the server said. */
export class View {
  #sentence = document.getElementById("check");
  #list = document.createElement("ul");
  #findings = new Map();
  #names;
  #banner = new Banner();

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
  }

  #say(state) {
    this.#sentence.dataset.state = state;
    this.#sentence.textContent = words()[state];
    this.#banner.show(state, words()[state]);
  }
}

/** @param {string} name @param {Finding} finding */
function item(name, finding) {
  const item = document.createElement("li");
  item.dataset.step = name;
  item.dataset.state = finding.state;
  const state = document.createElement("strong");
  state.textContent = words().states[finding.state];
  item.append(state, ` · ${words().steps[name]}`);
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
