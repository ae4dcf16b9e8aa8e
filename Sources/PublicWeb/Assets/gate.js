import { PublicCheck } from "./gate-check.js";
import { Choices } from "./choices.js";
import { Eye } from "./gate-eye.js";
import { header, photoButton, tones, typedForm, wordsOf } from "./gate-frame.js";
import { listenToScanner } from "./gate-typed.js";
import { button, make, notice } from "./dom.js";
import { bytesOfHex } from "./bytes.js";

/** The page that says of a code whether it is genuine, and never whose it is. */
class GatePage {
  #choices = new Choices("suishen.gate.");
  #eye;
  #check;
  /** @type {import('./gate-check.js').Judgement & {path?: string} | null | "working"} */
  #shown = null;
  /** The number of the newest check, whose result alone is shown. */
  #count = 0;

  constructor({ scanner, worker, module }) {
    this.#eye = new Eye(worker, scanner, (seen) => this.#take(seen));
    this.#check = new PublicCheck(module, this.#choices);
  }

  start() {
    this.#eye.onchange = () => this.#drawCamera();
    listenToScanner((text) => this.#judge([text]));
    this.#draw();
  }

  get #words() {
    return wordsOf(this.#choices.language);
  }

  /** @param {import('./scanner.js').Frame} seen */
  async #take(seen) {
    if (seen.new.length === 0) return;
    await this.#judge(seen.codes.map((code) => textOf(code.bytes)));
  }

  /** @param {string[]} texts of the codes that were seen together. */
  async #judge(texts) {
    const own = this.#count += 1;
    this.#shown = "working";
    this.#drawResult();
    const judgement = texts.length === 1 ? await this.#check.judge(texts[0]) : { outcome: "undecided", code: "several" };
    if (own !== this.#count) return;
    const isPage = judgement.outcome === "accept" && judgement.claims.form !== "person";
    this.#shown = { ...judgement, path: isPage ? pathOf(texts[0]) : undefined };
    this.#drawResult();
  }

  /** @param {File} file */
  async #readPhoto(file) {
    const own = this.#count += 1;
    const say = (code) => {
      if (own !== this.#count) return;
      this.#shown = { outcome: "undecided", code };
      this.#drawResult();
    };
    this.#shown = "working";
    this.#drawResult();
    try {
      const lines = await this.#eye.read(file);
      if (lines === null) return say("photo");
      const codes = lines.filter((line) => line.bytes !== undefined);
      if (codes.length === 0) return say(lines.length > 0 ? "unreadable" : "no_code");
      await this.#judge(codes.map((line) => textOf(line.bytes)));
    } catch (error) {
      say(error.code ?? "module");
    }
  }

  #draw() {
    const words = this.#words;
    document.body.replaceChildren(
      header(this.#choices, words.gate.title, () => this.#draw()),
      make("main", { id: "main", tabindex: "-1" },
        make("h1", {}, words.gate.title), make("p", {}, words.gate.intro),
        make("div", { id: "result", "aria-live": "assertive" }),
        make("section", { class: "eye", "aria-label": words.camera.heading }, this.#eye.video,
          make("div", { id: "camera", "aria-live": "polite" })),
        make("section", {}, photoButton(words, (file) => this.#readPhoto(file)),
          typedForm(words, (text) => this.#judge([text]))),
        make("p", { class: "quiet" }, words.replayNote)));
    this.#eye.resume();
    this.#drawCamera();
    this.#drawResult();
  }

  #drawCamera() {
    const { camera } = this.#words;
    const { state } = this.#eye;
    const place = document.getElementById("camera");
    const open = () => this.#eye.open();
    if (state === "closed") return place.replaceChildren(button(camera.begin, open, { id: "open", class: "main" }));
    if (state === "running") return place.replaceChildren(make("p", {}, camera.running.title));
    const again = ["denied", "absent", "busy"].includes(state) && button(camera.begin, open, { id: "open" });
    place.replaceChildren(notice("open", state, camera[state], ...(again ? [again] : [])));
  }

  #drawResult() {
    const words = this.#words;
    const place = document.getElementById("result");
    const shown = this.#shown;
    document.body.dataset.result = shown === null ? "none" : shown === "working" ? "working" : shown.code;
    if (shown === null) return place.replaceChildren();
    if (shown === "working") return place.replaceChildren(make("p", { class: "quiet" }, words.working));
    const { outcome, code, claims, path } = shown;
    const detail =
      code === "photo" ? words.photo.unreadable
        : outcome === "accept" ? words.genuine[meaning(claims)]
          : words.codes[code] ?? words.codes.other;
    const more = [];
    if (path !== undefined) more.push(make("p", {}, make("a", { href: path }, words.openPage)));
    if (code !== "ok") more.push(make("p", { class: "quiet" }, make("code", {}, code)));
    more.push(button(words.seeAnother, () => this.#clear(), { id: "clear" }));
    place.replaceChildren(notice(tones[outcome], code, { title: words.judgements[outcome], detail }, ...more));
  }

  #clear() {
    this.#count += 1;
    this.#shown = null;
    this.#drawResult();
    document.getElementById("main")?.focus();
  }
}

/** Which sentence says what a genuine code means. */
function meaning({ form, kind }) {
  if (form === "person") return kind === "paper" ? "paper" : "person";
  return form === "enterprise" ? "enterprise" : kind === "place" ? "place" : "object";
}

/** Own codes are ASCII; other bytes make a text that is no code. */
function textOf(digits) {
  return new TextDecoder().decode(bytesOfHex(digits));
}

/** A code's page on this host. @param {string} text a URL. */
function pathOf(text) {
  return `/${text.split("/").slice(3).join("/")}`;
}

new GatePage(document.body.dataset).start();
