/** What the user of a page chose; without storage a choice lasts as long as the page. */
export class Choices {
  #prefix;
  #kept = new Map();

  /** @param {string} prefix of the names in the storage. */
  constructor(prefix) {
    this.#prefix = prefix;
  }

  /** @returns {"zh" | "en"} */
  get language() {
    const chosen = this.read("language");
    if (chosen === "zh" || chosen === "en") return chosen;
    return (navigator.languages ?? [navigator.language]).find((tag) => /^(zh|en)\b/i.test(tag))?.slice(0, 2)
      .toLowerCase() === "en" ? "en" : "zh";
  }

  set language(value) {
    this.write("language", value);
  }

  /** Whether text and targets are larger. */
  get isLarge() {
    return this.read("large") === "yes";
  }

  set isLarge(value) {
    this.write("large", value ? "yes" : "no");
  }

  /** @param {string} name @returns {string | null} */
  read(name) {
    try {
      return localStorage.getItem(this.#prefix + name);
    } catch {
      return this.#kept.get(name) ?? null;
    }
  }

  /** @param {string} name @param {string} value */
  write(name, value) {
    this.#kept.set(name, value);
    try {
      localStorage.setItem(this.#prefix + name, value);
    } catch {
      // The page alone remembers it.
    }
  }
}
