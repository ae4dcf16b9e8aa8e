import { output, write, writeParts } from "./exchange.js";
import { Undone } from "./undone.js";

/** The steps, as the pages' module numbers them. */
const pageSteps = { trust: 1, code: 2, status: 3, checkpoint: 4, event: 5, shown: 6 };

/** The module's rounds of questions end by themselves; more rounds than these are a fault. */
const roundMax = 512;

/**
 * The module of WebAssembly: the project's own parsers and rules. It has no import, and so reaches nothing by itself.
 *
 * A step that needs a digest, a signature or a tile asks for it, and is run again with the answer.
 */
export class Reader {
  #exports;
  #outside;
  #steps;

  /**
   * @param {WebAssembly.Instance} instance which no other reader has: it remembers what its steps have proved.
   * @param {{answer(question: Uint8Array): Promise<Uint8Array>}} outside
   * @param {Record<string, number>} steps as the module numbers them.
   */
  constructor(instance, outside, steps = pageSteps) {
    this.#exports = instance.exports;
    this.#outside = outside;
    this.#steps = steps;
  }

  /**
   * @param {string} path of the module.
   * @param {{answer(question: Uint8Array): Promise<Uint8Array>}} outside
   * @throws {Undone} `network`, `browser`
   */
  static async load(path, outside) {
    let response;
    try {
      response = await fetch(path, { credentials: "omit" });
      if (!response.ok) throw new Undone("network", `${path}: ${response.status}`);
    } catch (error) {
      throw error instanceof Undone ? error : new Undone("network", `${path}: ${error}`);
    }
    try {
      const { instance } = await WebAssembly.instantiate(await response.arrayBuffer(), {});
      return new Reader(instance, outside);
    } catch (error) {
      throw new Undone("browser", String(error));
    }
  }

  /**
   * @param {string} step its name.
   * @param {(Uint8Array | string)[]} parts
   * @returns {Promise<object>} the result; with `error` and `reason` where the step did not pass.
   * @throws {Undone}
   */
  async run(step, parts) {
    for (let round = 0; round < roundMax; round += 1) {
      this.#require(writeParts(this.#exports, parts));
      const isAsking = this.#exports.run(this.#steps[step]) === 1;
      const bytes = output(this.#exports);
      if (!isAsking) return JSON.parse(new TextDecoder().decode(bytes));
      const answers = await Promise.all(unframed(bytes).map((question) => this.#outside.answer(question)));
      answers.forEach((answer, index) => {
        this.#require(write(this.#exports, answer));
        this.#exports.answer(index);
      });
    }
    throw new Undone("module", "too many questions");
  }

  /** @param {boolean} isWritten @throws {Undone} `large` */
  #require(isWritten) {
    if (!isWritten) throw new Undone("large", "the module has no room for its input");
  }
}

/** @param {Uint8Array} bytes */
function unframed(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts = [];
  let position = 0;
  while (position < bytes.length) {
    const end = position + 4 + view.getUint32(position);
    parts.push(bytes.subarray(position + 4, end));
    position = end;
  }
  return parts;
}
