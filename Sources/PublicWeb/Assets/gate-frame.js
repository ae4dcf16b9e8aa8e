import { chinese } from "./gate-chinese.js";
import { english } from "./gate-english.js";
import { button, make } from "./dom.js";

/** The tone of each outcome. */
export const tones = { accept: "good", reject: "bad", undecided: "open" };

/** @param {"zh" | "en"} language */
export function wordsOf(language) {
  return language === "zh" ? chinese : english;
}

/**
 * Sets the page's language and size, and returns the header with the switches for both.
 *
 * @param {import('./choices.js').Choices} choices
 * @param {string} title of the page.
 * @param {() => void} redraw
 */
export function header(choices, title, redraw) {
  const words = wordsOf(choices.language);
  document.documentElement.lang = choices.language === "zh" ? "zh-CN" : "en";
  document.title = `${title} · ${words.service}`;
  document.body.classList.toggle("large", choices.isLarge);
  const other = choices.language === "zh" ? "en" : "zh";
  const switchLanguage = () => {
    choices.language = other;
    redraw();
    document.getElementById("language")?.focus();
  };
  const switchSize = () => {
    choices.isLarge = !choices.isLarge;
    redraw();
    document.getElementById("size")?.focus();
  };
  return make("header", {}, make("p", {}, words.service),
    make("div", { class: "switches" },
      button(choices.isLarge ? words.usual : words.larger, switchSize, { id: "size" }),
      button(words.switchLanguage, switchLanguage, { id: "language", lang: other === "zh" ? "zh-CN" : "en" })));
}

/**
 * The form for a hand scanner's or a pasted text.
 *
 * @param {import('./gate-chinese.js').chinese} words
 * @param {(text: string) => void} take
 */
export function typedForm(words, take) {
  const field = make("input", {
    type: "text", id: "typed", autocomplete: "off", autocapitalize: "off", spellcheck: "false", maxlength: "4096",
  });
  return make("form", {
    class: "typed", onsubmit: (event) => {
      event.preventDefault();
      const text = field.value.trim();
      field.value = "";
      if (text !== "") take(text);
    },
  }, make("label", { for: "typed" }, words.typed.label),
  make("div", {}, field, make("button", { type: "submit" }, words.typed.send)));
}

/**
 * The button for a photo.
 *
 * @param {import('./gate-chinese.js').chinese} words
 * @param {(file: File) => void} take
 */
export function photoButton(words, take) {
  const field = make("input", {
    type: "file", accept: "image/*", class: "unseen", id: "photo", tabindex: "-1", "aria-hidden": "true",
    onchange: () => {
      const file = field.files?.[0];
      field.value = "";
      if (file) take(file);
    },
  });
  return make("div", { class: "photo" }, field, button(words.photo.button, () => field.click(), { id: "choose" }));
}

/** The element that shows the camera's picture; it records nothing. */
export function viewfinder() {
  return make("video", { class: "viewfinder", muted: true, playsinline: true, "aria-hidden": "true", tabindex: "-1" });
}
