import { Choices } from "./choices.js";
import { Eye } from "./gate-eye.js";
import { header, photoButton, tones, typedForm, wordsOf } from "./gate-frame.js";
import { icon } from "./icon.js";
import { recentList, standingList } from "./kiosk-standing.js";
import { Sound } from "./gate-sound.js";
import { listenToScanner } from "./gate-typed.js";
import { KioskService } from "./kiosk-service.js";
import { button, make, notice } from "./dom.js";

/** Worse outcomes first: of several verdicts the worst is shown. */
const outcomes = ["undecided", "reject", "accept"];
/** How long a verdict is shown, in milliseconds. */
const shownMilliseconds = { accept: 2500, reject: 4000, undecided: 4000 };
/** How often the gate is asked how it stands, and whether it is back, in milliseconds. */
const standingMilliseconds = 5000;
const awayMilliseconds = 1000;

/** The full-screen page of a gate: the gate's server decides, and the page says so. */
class Kiosk {
  #choices = new Choices("suishen.kiosk.");
  #service = new KioskService();
  #sound = new Sound();
  /** @type {Eye | null} null without a scanner's module. */
  #eye;
  #standing = null;
  /** What keeps the gate closed whatever is shown: `starting`, `away`, `another_page`, or nothing. */
  #hold = "starting";
  /** @type {{outcome: string, code: string} | null} */
  #verdict = null;
  #timer = 0;
  /** How many codes the gate still counts as in view: until there are none, it is told of empty frames too. */
  #inView = 0;

  /** @param {DOMStringMap} data of the page. */
  constructor({ scanner, worker }) {
    this.#eye = scanner === undefined ? null : new Eye(worker, scanner, (seen) => this.#take(seen));
  }

  start() {
    if (this.#eye !== null) this.#eye.onchange = () => this.#drawCamera();
    listenToScanner((text) => this.#decide(() => this.#service.scan(text)));
    for (const kind of ["keydown", "pointerdown"]) addEventListener(kind, () => this.#allowSound());
    this.#draw();
    this.#eye?.open();
    this.#allowSound();
    this.#watch();
  }

  get #words() {
    return wordsOf(this.#choices.language);
  }

  /** Asks how the gate stands, as long as the page lives. */
  async #watch() {
    for (;;) {
      await this.#refresh();
      const wait = this.#hold === "" ? standingMilliseconds : awayMilliseconds;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }

  async #refresh() {
    try {
      this.#standing = await this.#service.state();
      if (this.#hold !== "another_page") this.#setHold("");
    } catch {
      this.#setHold("away");
    }
    this.#drawStanding();
  }

  /** @param {import('./scanner.js').Frame} seen */
  async #take(seen) {
    const isEmpty = seen.codes.length === 0 && seen.unread.length === 0;
    if ((isEmpty && this.#inView === 0) || this.#hold !== "") return;
    await this.#decide(() => this.#service.view(seen));
  }

  /** @param {File} file */
  async #readPhoto(file) {
    try {
      const lines = await this.#eye.read(file);
      if (lines === null) return this.#show({ outcome: "undecided", code: "photo" });
      await this.#decide(() => this.#service.photo(lines));
    } catch (error) {
      this.#show({ outcome: "undecided", code: error.code ?? "module" });
    }
  }

  /** Lets the gate decide, and shows what it says; no answer is no acceptance. @param {() => Promise<any>} ask */
  async #decide(ask) {
    let verdicts;
    try {
      const answer = await ask();
      this.#inView = answer.inView ?? this.#inView;
      verdicts = answer.verdicts;
    } catch (error) {
      if (["away", "another_page"].includes(error.code)) this.#setHold(error.code);
      else this.#show({ outcome: "undecided", code: error.code });
      return;
    }
    if (verdicts.length === 0) return;
    const worst = outcomes.map((outcome) => verdicts.find(({ verdict }) => verdict === outcome)).find(Boolean);
    // An outcome that this page does not know is none.
    this.#show({ outcome: worst?.verdict ?? "undecided", code: worst?.code ?? "other" });
    if (this.#eye !== null) this.#eye.isAwaited = worst?.code === "unreadable";
    this.#refresh();
  }

  /** @param {{outcome: "accept" | "reject" | "undecided", code: string}} verdict */
  #show(verdict) {
    this.#verdict = verdict;
    this.#sound.play(verdict.outcome);
    this.#drawVerdict();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#verdict = null;
      this.#drawVerdict();
    }, shownMilliseconds[verdict.outcome]);
  }

  #setHold(hold) {
    if (this.#hold === hold) return;
    this.#hold = hold;
    // What was accepted before says nothing about a gate that is away.
    if (hold !== "") this.#verdict = null;
    this.#drawVerdict();
  }

  async #allowSound() {
    await this.#sound.allow().catch(() => {});
    const switchButton = document.getElementById("sound");
    if (switchButton) switchButton.hidden = this.#sound.isOn;
  }

  #draw() {
    const words = this.#words;
    document.body.replaceChildren(
      header(this.#choices, words.kiosk.title, () => this.#draw()),
      make("main", { id: "main", tabindex: "-1" },
        make("section", { class: "eye", "aria-label": words.camera.heading },
          make("h1", {}, words.kiosk.ready),
          make("p", {}, words.kiosk[this.#eye === null ? "readyForScanner" : "readyDetail"]), this.#eye?.video,
          make("div", { id: "camera", "aria-live": "polite" })),
        make("div", { id: "verdict", role: "alert" }),
        make("section", { class: "beside", "aria-label": words.standing.heading },
          button(words.sound.off, () => this.#allowSound(), { id: "sound", hidden: this.#sound.isOn }),
          make("div", { id: "standing" }),
          typedForm(words, (text) => this.#decide(() => this.#service.scan(text))),
          this.#eye !== null && photoButton(words, (file) => this.#readPhoto(file)))));
    this.#eye?.resume();
    this.#drawCamera();
    this.#drawVerdict();
    this.#drawStanding();
  }

  #drawCamera() {
    const state = this.#eye?.state ?? "closed";
    const place = document.getElementById("camera");
    if (state === "running" || state === "closed") return place.replaceChildren();
    const { camera } = this.#words;
    const again = state === "denied" && button(camera.begin, () => this.#eye?.open(), { id: "open" });
    place.replaceChildren(notice("open", state, camera[state], ...(again ? [again] : [])));
  }

  #drawVerdict() {
    const words = this.#words;
    const place = document.getElementById("verdict");
    document.body.dataset.hold = this.#hold;
    document.body.dataset.outcome = this.#verdict?.outcome ?? "none";
    document.body.dataset.code = this.#verdict?.code ?? "";
    if (this.#hold === "another_page") {
      const { elsewhere } = words;
      return place.replaceChildren(
        panel("open", elsewhere.title, elsewhere.detail, button(elsewhere.button, () => location.reload())));
    }
    if (this.#hold !== "") return place.replaceChildren(panel("open", words.away.title, words.away.detail));
    if (this.#verdict === null) return place.replaceChildren();
    const { outcome, code } = this.#verdict;
    const detail = code === "photo" ? words.photo.unreadable : words.codes[code] ?? words.codes.other;
    place.replaceChildren(panel(tones[outcome], words.outcomes[outcome], detail, make("code", {}, code)));
  }

  #drawStanding() {
    const place = document.getElementById("standing");
    if (place === null || this.#standing === null) return;
    document.body.dataset.closed = this.#standing.closed ?? "";
    place.replaceChildren(
      ...standingList(this.#standing, this.#words), ...recentList(this.#standing.verdicts, this.#words));
  }
}

/** A verdict over the whole page: colour, drawing, one word in large letters, and a sentence. */
function panel(tone, title, detail, ...more) {
  return make("div", { class: `panel ${tone}` }, icon(tone), make("strong", {}, title), make("p", {}, detail), ...more);
}

new Kiosk(document.body.dataset).start();
