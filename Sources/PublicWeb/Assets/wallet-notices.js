import { button, notice } from "./dom.js";

/**
 * What the holder should know now, the most pressing first.
 *
 * @param {import('./wallet.js').App} app
 * @param {import('./wallet-store.js').Holding | undefined} holding the shown one.
 * @param {boolean} isCovered whether a code of it covers the time.
 * @returns {Node[]}
 */
export function notices(app, holding, isCovered) {
  const { words, clock, service } = app;
  const found = [];
  if (holding?.status === "revoked") found.push(revoked(app, holding));
  const isUsedUp = holding?.status === "active" && !isCovered;
  if (isUsedUp) found.push(usedUp(app, holding));
  if (clock.isOff) {
    const text = words.duration(Math.abs(clock.difference));
    found.push(notice("open", "clock", clock.difference > 0
      ? words.notices.clockBehind(text) : words.notices.clockAhead(text)));
  }
  if (service.isReached === false && !isUsedUp && holding) found.push(notice("open", "offline", words.notices.offline));
  if (app.shell?.isNewer) {
    found.push(notice("open", "update", words.notices.update,
      button(words.notices.updateNow, () => app.shell.update(), { id: "update" })));
  }
  const told = found.find((node) => ["offline", "usedUp", "revoked", "clock"].includes(node.dataset.notice));
  if (told) app.announce(told.querySelector("strong")?.textContent ?? "");
  return found;
}

function usedUp(app, holding) {
  const { words } = app;
  const failure = app.failures.get(holding.id);
  const text = failure ? app.failureWords(failure) : words.notices.usedUp;
  return notice("bad", "usedUp", failure ? { title: words.notices.usedUp.title, detail: `${text.title} — ${text.detail}` } : text,
    button(app.isRenewing ? words.notices.renewing : words.notices.renew, () => app.renew(holding),
      { id: "renew", class: "main", "aria-disabled": app.isRenewing && "true" }));
}

function revoked(app, holding) {
  const { words } = app;
  const remove = async () => {
    await app.store.remove("holdings", holding.id);
    await app.readHoldings();
    if (app.holdings.length === 0) app.preferences.hadCodes = false;
    app.render();
  };
  return notice("bad", "revoked", holding.isWard ? words.notices.revokedWard : words.notices.revoked,
    button(words.notices.remove, remove, { id: "remove" }));
}
