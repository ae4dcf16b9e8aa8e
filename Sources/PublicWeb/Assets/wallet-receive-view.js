import { button, make, notice } from "./dom.js";
import { Failure } from "./wallet-failure.js";

/** Receives the codes of a link. @param {import('./wallet.js').App} app @param {HTMLElement} main */
export function receiveView(app, main) {
  const { words } = app;
  const place = make("div", { id: "receiving", "data-state": "begin" });
  main.append(make("h1", {}, words.receive.heading), place);
  if (app.broken) show("failed", notice("bad", "failure", app.failureWords(app.broken)));
  else begin();
  return { title: words.receive.heading };

  function show(state, ...content) {
    place.dataset.state = state;
    place.replaceChildren(...content);
  }

  function begin() {
    show("begin", make("section", {}, make("p", {}, words.receive.intro),
      button(words.receive.begin, () => attempt(""), { class: "main", id: "receive" })));
  }

  async function attempt(pin) {
    show("working", make("section", {}, make("p", { role: "status" }, words.receive.working)));
    try {
      await app.receiving.begin(app.offer, pin);
      await finish();
    } catch (error) {
      refuse(error, pin);
    }
  }

  async function finish() {
    app.isPending = true;
    const holding = await app.receiving.finish((isWard) => words.labels[isWard ? "ward" : "own"]);
    await app.received(holding);
    done(holding);
  }

  function refuse(error, pin) {
    const code = error instanceof Failure ? error.code : "other";
    if (code === "pin_wrong") {
      askPIN(pin === "" ? null : Number(error.reason.match(/(\d+)\s*$/)?.[1] ?? NaN));
      return;
    }
    const isPassing = error instanceof Failure && error.isPassing;
    const again = () => (app.isPending ? attemptAgain() : attempt(pin));
    const more = isPassing
      ? [make("p", {}, words.receive.linkLasts), button(words.retry, again, { id: "retry" })] : [];
    if (code === "offer_used") more.push(make("a", { class: "button", href: "#lost" }, words.empty.lostLink));
    show(isPassing ? "passing" : "failed", notice(isPassing ? "open" : "bad", code, app.failureWords(error), ...more));
    app.announce(app.failureWords(error).title);
    if (!isPassing) app.offer = "";
  }

  async function attemptAgain() {
    show("working", make("section", {}, make("p", { role: "status" }, words.receive.working)));
    try {
      await finish();
    } catch (error) {
      refuse(error, "");
    }
  }

  /** @param {number | null} triesLeft null where no PIN was tried yet. */
  function askPIN(triesLeft) {
    const input = make("input", {
      type: "text", inputmode: "numeric", autocomplete: "one-time-code", maxlength: "6", pattern: "[0-9]{6}",
      required: true, id: "pin", class: "digits", "aria-describedby": "pin-hint",
    });
    const send = (event) => {
      event.preventDefault();
      const pin = input.value.trim();
      if (/^[0-9]{6}$/.test(pin)) attempt(pin);
      else input.focus();
    };
    const wrong = triesLeft === null ? null : notice("bad", "pin_wrong", { title: words.receive.triesLeft(triesLeft) });
    show("pin", ...(wrong ? [wrong] : []), make("section", {}, make("h2", {}, words.receive.pinHeading),
      make("form", { onsubmit: send }, make("label", { for: "pin" }, words.receive.pinLabel), input,
        make("p", { id: "pin-hint", class: "quiet" }, words.receive.pinHint),
        make("button", { type: "submit", class: "main", id: "send-pin" }, words.receive.pinSend))));
    if (triesLeft !== null) app.announce(words.receive.triesLeft(triesLeft));
    input.focus();
  }

  function done(holding) {
    const title = holding.isWard ? words.receive.doneWard : words.receive.done;
    const input = make("input", {
      type: "text", maxlength: "16", id: "label", value: holding.label, autocomplete: "off",
      "aria-describedby": "label-hint",
    });
    const save = async (event) => {
      event.preventDefault();
      holding.label = input.value.trim() || holding.label;
      await app.store.put("holdings", holding.id, holding);
      await app.readHoldings();
      app.go("code");
    };
    show("done", notice("good", "received", { title, detail: words.receive.lossReminder }),
      make("section", {}, make("form", { onsubmit: save }, make("label", { for: "label" }, words.receive.labelHeading),
        input, make("p", { id: "label-hint", class: "quiet" }, words.receive.labelHint),
        make("button", { type: "submit", class: "main", id: "save-label" }, words.receive.labelSave))));
    app.announce(title);
  }
}
