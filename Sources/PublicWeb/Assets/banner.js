import { icon } from "./icon.js";
import { words } from "./words.js";

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
