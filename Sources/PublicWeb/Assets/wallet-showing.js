import { Keys } from "./wallet-keys.js";

/** A signature's age that gates take is 30 s; a signed code is made anew twice in that time. */
const signedSeconds = 15;

/**
 * Makes the code that a holding shows now.
 *
 * @typedef {{text: string, kind: "chain" | "signed", begin: number, until: number}} Shown
 */
export class Showing {
  #seeds = new Map();
  #keys = null;

  /**
   * @param {import('./wallet-store.js').Store} store
   * @param {import('./wallet-module.js').Module} module
   */
  constructor(store, module) {
    Object.assign(this, { store, module });
  }

  /**
   * @param {import('./wallet-store.js').Holding} holding
   * @param {"chain" | "signed"} kind the wanted one; the other is shown where it is missing.
   * @param {number} now seconds since 1970-01-01T00:00:00Z.
   * @param {Uint8Array} challenge empty where nobody asked; else the code is a signed one.
   * @returns {Promise<Shown | null>} null where no code covers the time.
   */
  async show(holding, kind, now, challenge) {
    // A phone that is behind the service may be before its first code, which is shown all the same.
    const time = Math.max(Math.floor(now), Math.min(...holding.codes.map((code) => code.issuedAt)));
    const covering = holding.codes.filter((code) => code.issuedAt <= time && time < code.expiresAt);
    const code = covering.find((code) => code.kind === (challenge.length > 0 ? "signed" : kind)) ?? covering[0];
    if (code === undefined) return null;
    this.#keys ??= await Keys.read(this.store);
    if (this.#keys === null) return null;
    if (code.kind === "chain") {
      const { text, slot, until } = this.module.linked(code.text, await this.#seed(code.seed), time);
      return { text, kind: "chain", begin: code.issuedAt + slot * 30, until };
    }
    const signature = await this.#keys.sign(this.module.covered(code.text, time, challenge));
    const { text } = this.module.signed(code.text, time, challenge, signature);
    return { text, kind: "signed", begin: time, until: Math.min(time + signedSeconds, code.expiresAt) };
  }

  /** The keys are read again after new ones were made. */
  forget() {
    this.#keys = null;
    this.#seeds.clear();
  }

  async #seed(name) {
    const known = this.#seeds.get(name);
    if (known !== undefined) return known;
    const seed = await this.#keys.seed(name);
    this.#seeds.clear();
    this.#seeds.set(name, seed);
    return seed;
  }
}
