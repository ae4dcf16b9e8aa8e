import { bigEndian, hex } from "./bytes.js";
import { output, writeParts } from "./exchange.js";
import { Reader } from "./reader.js";
import { Failure } from "./wallet-failure.js";

/** The steps, as the module numbers them. */
const steps = { credential: 1, anchor: 2, linked: 3, covered: 4, signed: 5, symbol: 6 };
/** The steps that check a place's code. */
const placeSteps = { trust: 7, code: 8, status: 9 };
/** The slots of a chain: those of a day, also where a code lasts for a shorter time. */
const slots = bigEndian(2880, 4);
const isBytes = 2;
const levels = { L: 0, M: 1, Q: 2, H: 3 };

/**
 * The module of WebAssembly: chains, presentations, symbols and the check of a place's code, from the sources that issuers
 * and gates run.
 */
export class Module {
  #compiled;
  #exports;

  /** @param {WebAssembly.Module} compiled @param {WebAssembly.Instance} instance */
  constructor(compiled, instance) {
    this.#compiled = compiled;
    this.#exports = instance.exports;
  }

  /** @param {string} path @throws {Failure} `offline`, `module` */
  static async load(path) {
    let response;
    try {
      response = await fetch(path, { credentials: "omit" });
    } catch (error) {
      throw new Failure("offline", String(error));
    }
    if (!response.ok) throw new Failure("unavailable", `${path}: ${response.status}`);
    try {
      const { module, instance } = await WebAssembly.instantiate(await response.arrayBuffer(), {});
      return new Module(module, instance);
    } catch (error) {
      throw new Failure("module", String(error));
    }
  }

  /** What a code says of itself; nothing is verified. @param {string} text */
  credential(text) {
    return this.#run(steps.credential, [text]);
  }

  /** @param {Uint8Array} seed @returns {string} the chain's anchor in hexadecimal digits. */
  anchor(seed) {
    return hex(this.#run(steps.anchor, [seed, slots]));
  }

  /** A chain code as it is shown. @returns {{text: string, slot: number, until: number}} */
  linked(text, seed, time) {
    return this.#run(steps.linked, [text, seed, slots, bigEndian(time, 8)]);
  }

  /** The bytes that the device key signs for a signed code. @returns {Uint8Array} */
  covered(text, time, challenge) {
    return this.#run(steps.covered, [text, bigEndian(time, 8), challenge]);
  }

  /** A signed code as it is shown. @returns {{text: string}} */
  signed(text, time, challenge, signature) {
    return this.#run(steps.signed, [text, bigEndian(time, 8), challenge, signature]);
  }

  /** @param {string} text @returns {{size: number, modules: Uint8Array}} 1 is dark. */
  symbol(text) {
    const bytes = this.#run(steps.symbol, [text, Uint8Array.of(levels.M)]);
    return { size: bytes[2], modules: bytes.subarray(3) };
  }

  /**
   * Begins a check of one place's code, in memory of its own: showing a code meanwhile does not disturb it.
   *
   * @param {import('./outside.js').Outside} outside
   */
  async placeReader(outside) {
    return new Reader(await WebAssembly.instantiate(this.#compiled, {}), outside, placeSteps);
  }

  #run(step, parts) {
    if (!writeParts(this.#exports, parts)) throw new Failure("module", "the module has no room for its input");
    const kind = this.#exports.run(step);
    const answer = output(this.#exports);
    if (kind === isBytes) return answer;
    const result = JSON.parse(new TextDecoder().decode(answer));
    if (result.error) throw new Failure(result.error, result.reason);
    return result;
  }
}
