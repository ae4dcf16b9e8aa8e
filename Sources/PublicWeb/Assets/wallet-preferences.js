const prefix = "suishen.wallet.";

/** The holder's choices, and what must be known before the database is open. */
export class Preferences {
  /** @returns {"zh" | "en"} */
  get language() {
    const chosen = this.#read("language");
    if (chosen === "zh" || chosen === "en") return chosen;
    return (navigator.languages ?? [navigator.language]).find((tag) => /^(zh|en)\b/i.test(tag))?.slice(0, 2)
      .toLowerCase() === "en" ? "en" : "zh";
  }

  set language(value) {
    this.#write("language", value);
  }

  /** Whether text and targets are larger. */
  get isLarge() {
    return this.#read("large") === "yes";
  }

  set isLarge(value) {
    this.#write("large", value ? "yes" : "no");
  }

  /** Whether the time left is not shown. */
  get hidesSeconds() {
    return this.#read("seconds") === "hidden";
  }

  set hidesSeconds(value) {
    this.#write("seconds", value ? "hidden" : "shown");
  }

  /** Whether this browser has had codes: without them now, their storage was deleted. */
  get hadCodes() {
    return this.#read("had") === "yes";
  }

  set hadCodes(value) {
    this.#write("had", value ? "yes" : "no");
  }

  /** The digest of the root that this phone saw first; empty before. */
  get root() {
    return this.#read("root") ?? "";
  }

  set root(value) {
    this.#write("root", value);
  }

  #read(name) {
    try {
      return localStorage.getItem(prefix + name);
    } catch {
      return null;
    }
  }

  #write(name, value) {
    try {
      localStorage.setItem(prefix + name, value);
    } catch {
      // Without storage a choice lasts as long as the page.
    }
  }
}
