import { make } from "./dom.js";

/** The holder's choices. @param {import('./wallet.js').App} app @param {HTMLElement} main */
export function settingsView(app, main) {
  const { words, preferences } = app;
  const again = (id) => {
    app.render();
    document.getElementById(id)?.focus();
  };
  const storage = make("p", { class: "quiet" });
  navigator.storage?.persisted?.().then((isKept) => {
    storage.textContent = isKept ? words.settings.persistent : words.settings.evictable;
  });
  main.append(make("h1", {}, words.settings.heading),
    make("section", {},
      choice("language", words.settings.language, [["zh", "中文"], ["en", "English"]], preferences.language, (value) => {
        preferences.language = value;
        again(`language-${value}`);
      }),
      choice("view", words.settings.view, [["usual", words.settings.usual], ["large", words.settings.large]],
        preferences.isLarge ? "large" : "usual", (value) => {
          preferences.isLarge = value === "large";
          again(`view-${value}`);
        }),
      make("label", { class: "choice" }, make("input", {
        type: "checkbox", id: "seconds", checked: !preferences.hidesSeconds,
        onchange: (event) => { preferences.hidesSeconds = !event.target.checked; },
      }), make("span", {}, words.settings.seconds)),
      make("p", { class: "quiet" }, words.settings.secondsNote)),
    make("section", { id: "holdings" }, make("h2", {}, words.settings.holdings),
      ...(app.holdings.length === 0 ? [make("p", {}, words.empty.heading)] : app.holdings.map(rename)),
      app.holdings.length > 0 && make("p", {}, make("a", { class: "button", href: "#codes", id: "live-link" }, words.live.link)),
      make("p", {}, make("a", { class: "button", href: "#lost", id: "lost-link" }, words.settings.lost))),
    make("section", {}, make("h2", {}, words.settings.storage), storage,
      make("p", { class: "quiet" }, words.settings.keys),
      make("p", { class: "quiet" }, words.settings.version(app.version))));
  return { title: words.settings.heading };

  function choice(name, legend, options, current, choose) {
    return make("fieldset", {}, make("legend", {}, legend), ...options.map(([value, text]) =>
      make("label", { class: "choice" }, make("input", {
        type: "radio", name, value, id: `${name}-${value}`, checked: value === current, onchange: () => choose(value),
      }), make("span", {}, text))));
  }

  function rename(holding) {
    const id = `label-${holding.id}`;
    const input = make("input", { type: "text", id, maxlength: "16", value: holding.label, autocomplete: "off" });
    const save = async (event) => {
      event.preventDefault();
      holding.label = input.value.trim() || holding.label;
      await app.store.put("holdings", holding.id, holding);
      app.announce(words.settings.saved);
      await app.readHoldings();
    };
    return make("form", { onsubmit: save }, make("label", { for: id },
      `${words.settings.rename} (${holding.isWard ? words.code.ward : words.code.own})`), input,
    make("button", { type: "submit" }, words.settings.save));
  }
}
