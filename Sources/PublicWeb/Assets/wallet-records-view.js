import { button, make } from "./dom.js";
import { timeText } from "./wallet-words.js";

/** The diary and the history, with ways to delete them. @param {import('./wallet.js').App} app @param {HTMLElement} main */
export function recordsView(app, main) {
  const { words } = app;
  const diary = make("section", { id: "diary" });
  const history = make("section", { id: "history" });
  main.append(make("h1", {}, words.records.heading), make("p", { class: "quiet" }, words.records.note), diary, history);
  fill();
  return { title: words.records.heading };

  async function fill() {
    if (app.records === undefined) return;
    const [visits, entries] = [await app.records.all("diary"), await app.records.all("history")];
    const { categories, otherCategory } = words.place;
    diary.replaceChildren(make("h2", {}, words.records.diary), make("p", { class: "quiet" }, words.records.diaryNote),
      ...list(visits, words.records.diaryEmpty, "diary", words.records.eraseDiary, (visit) => [
        make("strong", {}, categories[visit.category] ?? otherCategory(visit.category)), make("br"),
        `${visit.manager} · ${timeText(visit.at)}`,
      ]));
    history.replaceChildren(make("h2", {}, words.records.history),
      ...list(entries, words.records.historyEmpty, "history", words.records.eraseHistory, (entry) => [
        `${words.records.events[entry.event]} · ${entry.label}`, make("br"), timeText(entry.at),
      ]));
  }

  function list(items, empty, store, eraseAll, describe) {
    if (items.length === 0) return [make("p", {}, empty)];
    const remove = async (id) => {
      await app.store.remove(store, id);
      await fill();
      main.focus();
    };
    const clear = async () => {
      await app.store.clear(store);
      await fill();
      main.focus();
    };
    return [
      make("ul", { class: "list" }, ...items.map((item) => make("li", {}, make("div", {}, ...describe(item)),
        button(words.records.erase, () => remove(item.id), {
          "aria-label": `${words.records.erase} ${timeText(item.at)}`,
        })))),
      button(eraseAll, clear, { class: "danger", id: `clear-${store}` }),
    ];
  }
}
