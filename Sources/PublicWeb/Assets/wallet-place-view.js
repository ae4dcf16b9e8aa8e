import { button, make, notice } from "./dom.js";
import { checkPlace } from "./wallet-place.js";

/** Checks in at a place. @param {import('./wallet.js').App} app @param {HTMLElement} main */
export function placeView(app, main) {
  const { words } = app;
  const place = make("div", { id: "place", "data-state": "checking" },
    make("section", {}, make("p", { role: "status" }, words.place.checking)));
  main.append(make("h1", {}, words.place.heading), place);
  check();
  return { title: words.place.heading };

  async function check() {
    const { state, note, claims } = await checkPlace(app.place, () => app.loading, app.preferences);
    const banner = notice(state, note, words.place.notes[note] ?? words.place.notes.module);
    place.dataset.state = state;
    place.replaceChildren(banner, ...(state === "bad" || !claims ? [leave()] : [facts(claims), ask(claims)]));
    app.announce(banner.querySelector("strong")?.textContent ?? "");
  }

  function facts(claims) {
    const { categories, otherCategory } = words.place;
    const rows = [
      [words.place.manager, claims.manager],
      [words.place.category, categories[claims.category] ?? otherCategory(claims.category)],
      [words.place.id, claims.id],
      [words.place.purpose, words.place.purposeText],
    ];
    return make("section", {}, make("dl", {}, ...rows.flatMap(([name, value]) =>
      [make("dt", {}, name), make("dd", {}, value)])));
  }

  function ask(claims) {
    const keep = async () => {
      await app.records.visit(claims, app.clock.now());
      place.dataset.state = "kept";
      place.replaceChildren(notice("good", "kept", { title: words.place.kept }), leave());
      app.announce(words.place.kept);
      app.place = "";
    };
    return make("section", {}, make("p", {}, make("strong", {}, words.place.ask)), make("div", { class: "actions" },
      button(words.place.diary, keep, { class: "main", id: "keep" }),
      app.holding ? button(words.place.show, () => app.go("code"), { id: "show" })
        : make("p", { class: "quiet" }, words.place.noCode),
      button(words.place.leave, () => app.go("code"), { id: "leave" })));
  }

  function leave() {
    return make("p", {}, make("a", { class: "button", href: "#code" }, words.back));
  }
}
