/**
 * What this browser remembers between pages: the root's digest, and the newest checkpoint of each log.
 *
 * Pages that share their host with others have no storage; then every page is the first one.
 */
export class Memory {
  #storage;

  constructor() {
    try {
      this.#storage = globalThis.localStorage;
    } catch {
      this.#storage = null;
    }
  }

  get isKept() {
    return this.#storage !== null;
  }

  /** @param {string} name @returns {string | null} */
  read(name) {
    try {
      return this.#storage?.getItem(`suishen.${name}`) ?? null;
    } catch {
      return null;
    }
  }

  /** @param {string} name @param {string} value */
  write(name, value) {
    try {
      this.#storage?.setItem(`suishen.${name}`, value);
    } catch {
      // A full or closed storage costs the comparison with the next page, and nothing else.
    }
  }
}
