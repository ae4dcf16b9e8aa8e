import { words } from "./words.js";

const shapes = {
  bad: ["M8 2.5h8l5.5 5.5v8L16 21.5H8L2.5 16V8Z", "m8.5 8.5 7 7m0-7-7 7"],
  open: ["M12 3 22 20.5H2Z", "M12 9.5v5m0 3v.1"],
};

/** The words in place of the server's, by the whole result. */
const endings = {
  failed: ["bad", "bannerFailed", "bannerFailedDetail"],
  revoked: ["bad", "bannerRevoked", "bannerRevokedDetail"],
  undone: ["open", "bannerUndone", "bannerUndoneDetail"],
  warned: ["open", "bannerWarned", "bannerWarnedDetail"],
};

/** The page's first lines. The server may have made them green; they are so again only when every step has passed. */
export class Banner {
  #section = document.getElementById("verdict");
  #wasGood = this.#section?.dataset.tone === "good";
  #line = document.createElement("p");

  constructor() {
    if (this.#section === null) return;
    this.#section.querySelector("div")?.append(this.#line);
    if (this.#wasGood) this.#colour("open");
  }

  /** @param {string} sentence what this browser has to say. */
  note(sentence) {
    this.#line.textContent = sentence;
  }

  /** @param {string} whole the whole result. */
  settle(whole) {
    if (this.#section === null) return;
    if (whole === "proved") {
      if (this.#wasGood) this.#colour("good");
      return;
    }
    const ending = endings[whole];
    // A red banner of the server's stays as it is, unless this browser found worse.
    if (ending === undefined || (ending[0] === "open" && !this.#wasGood)) return;
    const [tone, title, detail] = ending;
    this.#colour(tone);
    this.#section.querySelector("svg")?.replaceWith(icon(tone));
    const [heading, text] = [this.#section.querySelector("strong"), this.#section.querySelector("p")];
    if (heading !== null) heading.textContent = words()[title];
    if (text !== null) text.textContent = words()[detail];
    this.#line.remove();
  }

  #colour(tone) {
    this.#section.dataset.tone = tone;
    this.#section.className = `banner ${tone}`;
  }
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
