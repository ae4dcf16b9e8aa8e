import { words } from "./words.js";

const shapes = {
  bad: ["M8 2.5h8l5.5 5.5v8L16 21.5H8L2.5 16V8Z", "m8.5 8.5 7 7m0-7-7 7"],
  loading: ["M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z", "M12 7v5l3 2"],
  open: ["M12 3 22 20.5H2Z", "M12 9.5v5m0 3v.1"],
};

/** The tone and the words in place of the server's, by the whole result. */
const endings = {
  loading: ["open", "bannerLoading", "bannerLoadingDetail"],
  failed: ["bad", "bannerFailed", "bannerFailedDetail"],
  revoked: ["bad", "bannerRevoked", "bannerRevokedDetail"],
  refused: ["open", "bannerRefused", "bannerRefusedDetail"],
  undone: ["open", "bannerUndone", "bannerUndoneDetail"],
  warned: ["open", "bannerWarned", "bannerWarnedDetail"],
};

/** The results whose banner keeps the time of the server's list: this browser has checked that list. */
const listed = ["revoked", "warned"];

/** The page's first lines. The server may have made them green; they are so again only when every step has passed. */
export class Banner {
  #section = document.getElementById("verdict");
  #wasGood = this.#section?.dataset.tone === "good";
  #line = null;
  #before = this.#section?.cloneNode(true);

  /** @param {string} whole the whole result, or `loading`. @param {string} sentence what this browser has to say. */
  show(whole, sentence) {
    if (this.#section === null) return;
    this.#restore();
    const ending = endings[whole];
    // A banner of the server's that is not green stays as it is, unless this browser found worse.
    if (ending === undefined || (ending[0] === "open" && !this.#wasGood)) return this.#note(sentence);
    const [tone, title, detail] = ending;
    this.#colour(tone);
    this.#section.querySelector("svg")?.replaceWith(icon(whole === "loading" ? "loading" : tone));
    const [heading, text] = [this.#section.querySelector("strong"), this.#section.querySelector("p")];
    if (heading !== null) heading.textContent = words()[title];
    if (text !== null) text.textContent = words()[detail];
    if (!listed.includes(whole)) this.#section.querySelector(".quiet")?.remove();
    this.#line?.remove();
  }

  /** Makes the banner as the server made it. */
  #restore() {
    this.#colour(this.#before.dataset.tone);
    this.#section.replaceChildren(...this.#before.cloneNode(true).childNodes);
    this.#line = document.getElementById("checked-by");
  }

  #note(sentence) {
    if (this.#line !== null) this.#line.textContent = sentence;
  }

  #colour(tone) {
    this.#section.dataset.tone = tone;
    this.#section.className = `banner ${tone}`;
  }
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const attributes = {
    viewBox: "0 0 24 24", "aria-hidden": "true", fill: "none", stroke: "currentColor", "stroke-width": "2.2",
    "stroke-linecap": "round", "stroke-linejoin": "round",
  };
  for (const [attribute, value] of Object.entries(attributes)) svg.setAttribute(attribute, value);
  for (const shape of shapes[name]) {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", shape);
    svg.append(path);
  }
  return svg;
}
