import { make, notice } from "./dom.js";

/** Revokes a lost phone's codes; this phone needs no code for it. @param {import('./wallet.js').App} app */
export function lostView(app, main) {
  const { words } = app;
  const outcome = make("div", { id: "lost", "data-state": "begin" });
  const input = make("input", {
    type: "text", id: "loss-code", maxlength: "32", autocomplete: "off", autocapitalize: "characters",
    spellcheck: "false", required: true, "aria-describedby": "loss-hint",
  });
  const send = async (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (text === "") return;
    try {
      const { revoked } = await app.service.lost(text);
      input.value = "";
      outcome.dataset.state = "done";
      outcome.replaceChildren(notice("good", "lost", words.lost.done(revoked)));
      app.announce(words.lost.done(revoked).title);
      app.upkeep();
    } catch (error) {
      outcome.dataset.state = "failed";
      outcome.replaceChildren(notice("bad", error.code ?? "other", app.failureWords(error)));
      app.announce(app.failureWords(error).title);
    }
  };
  main.append(make("h1", {}, words.lost.heading), make("p", {}, words.lost.intro), outcome,
    make("section", {}, make("form", { onsubmit: send }, make("label", { for: "loss-code" }, words.lost.label), input,
      make("p", { id: "loss-hint", class: "quiet" }, words.lost.hint),
      make("button", { type: "submit", class: "main danger", id: "send-loss" }, words.lost.send))));
  return { title: words.lost.heading };
}
