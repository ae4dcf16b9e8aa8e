import { make } from "./dom.js";

/**
 * Empties the page and puts the frame of every page there.
 *
 * @param {import('./wallet.js').App} app
 * @param {string} name of the page.
 * @returns {HTMLElement} the place for its content.
 */
export function frame(app, name) {
  const { words, preferences } = app;
  const other = preferences.language === "zh" ? "en" : "zh";
  const switchLanguage = () => {
    preferences.language = other;
    app.render();
  };
  const main = make("main", { id: "main", tabindex: "-1" });
  const announced = document.getElementById("announced")
    ?? make("p", { id: "announced", class: "unseen", "aria-live": "polite" });
  document.body.replaceChildren(
    make("a", { class: "skip", href: "#main", onclick: (event) => {
      event.preventDefault();
      main.focus();
    } }, words.skip),
    make("header", {}, make("p", {}, words.service),
      make("button", { type: "button", id: "language", lang: other === "zh" ? "zh-CN" : "en", onclick: switchLanguage },
        words.switchLanguage)),
    main, announced,
    make("nav", { class: "pages-bar", "aria-label": words.menu },
      make("ul", {}, ...Object.entries(words.pages).map(([page, title]) =>
        make("li", {}, make("a", { href: `#${page}`, "aria-current": page === name && "page" }, title))))));
  return main;
}
