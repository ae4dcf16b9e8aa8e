const diarySeconds = 14 * 86_400;
const historyCountMax = 200;

/** The diary of visits and the history of uses: on this phone alone. */
export class Records {
  /** @param {import('./wallet-store.js').Store} store */
  constructor(store) {
    this.store = store;
  }

  /** @param {"received" | "renewed" | "shown" | "revoked" | "checkedIn"} event @param {string} label @param {number} at */
  async note(event, label, at) {
    const id = `${String(Math.floor(at * 1000)).padStart(16, "0")}-${crypto.randomUUID()}`;
    await this.store.put("history", id, { id, event, label, at: Math.floor(at) });
  }

  /** Notes a visit. @param {any} place the claims of its code. @param {number} at */
  async visit(place, at) {
    const id = crypto.randomUUID();
    const { id: object, manager, category } = place;
    await this.store.put("diary", id, { id, object, manager, category, at: Math.floor(at) });
  }

  /** @returns {Promise<any[]>} the newest first. */
  async all(store) {
    const age = (left, right) => right.at - left.at || (left.id < right.id ? 1 : -1);
    return (await this.store.all(store)).sort(age);
  }

  /** Deletes what is over. @param {number} now */
  async prune(now) {
    for (const visit of await this.store.all("diary")) {
      if (visit.at + diarySeconds <= now) await this.store.remove("diary", visit.id);
    }
    for (const entry of (await this.all("history")).slice(historyCountMax)) {
      await this.store.remove("history", entry.id);
    }
  }
}
