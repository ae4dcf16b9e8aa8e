import { Outside } from "./outside.js";
import { Reader } from "./reader.js";
import { checkStatus, checkTrust, fetchRoot } from "./trust.js";
import { Undone } from "./undone.js";

/** How long a fetched trust list is used, in milliseconds. */
const trustMilliseconds = 60_000;
/** Reasons that say nothing about the code. */
const open = new Set(["status_unknown"]);

/**
 * What is found about a code, without saying whose it is.
 *
 * @typedef {{outcome: "accept" | "reject" | "undecided", code: string, claims?: any}} Judgement
 */

/** Says of scanned texts whether they are genuine codes of this service, checked in this browser. */
export class PublicCheck {
  #choices;
  #modulePath;
  #reader = null;
  #trustedAt = -Infinity;
  /** The module proves one code at a time. */
  #last = Promise.resolve();

  /** @param {string} modulePath @param {import('./choices.js').Choices} choices remember the root. */
  constructor(modulePath, choices) {
    this.#choices = choices;
    this.#modulePath = modulePath;
  }

  /** @param {string} text @returns {Promise<Judgement>} */
  judge(text) {
    const judgement = this.#last.then(() => this.#judge(text)).catch((error) =>
      ({ outcome: "undecided", code: error instanceof Undone ? error.code : "module" }));
    this.#last = judgement;
    return judgement;
  }

  async #judge(text) {
    const reader = this.#reader ??= await Reader.load(this.#modulePath, new Outside("/log/"));
    const now = String(Math.floor(Date.now() / 1000));
    if (performance.now() - this.#trustedAt > trustMilliseconds) {
      const { key, digest } = await fetchRoot();
      const known = this.#choices.read("root");
      if (known !== null && known !== digest) return { outcome: "undecided", code: "root" };
      const trust = await checkTrust(reader, key, now);
      if (trust.error) return { outcome: "undecided", code: "trust" };
      this.#choices.write("root", digest);
      this.#trustedAt = performance.now();
    }
    const claims = await reader.run("shown", [text, now]);
    if (claims.error) return refused(claims.error);
    const status = await checkStatus(reader, claims.lists ?? [], now);
    if (status.error) return refused("status_unknown");
    return status.revoked ? refused("revoked") : { outcome: "accept", code: "ok", claims };
  }
}

/** @returns {Judgement} */
function refused(code) {
  return { outcome: open.has(code) ? "undecided" : "reject", code };
}
