import { Undone } from "./undone.js";

/** The steps, as the module numbers them. */
export const steps = { trust: 1, code: 2, status: 3, checkpoint: 4, event: 5 };

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

  /**
   * @param {WebAssembly.Instance} instance
   * @param {{answer(question: Uint8Array): Promise<Uint8Array>}} outside
   */
  constructor(instance, outside) {
    this.#exports = instance.exports;
    this.#outside = outside;
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
   * @param {number} step
   * @param {(Uint8Array | string)[]} parts
   * @returns {Promise<object>} the result; with `error` and `reason` where the step did not pass.
   * @throws {Undone}
   */
  async run(step, parts) {
    const input = framed(parts);
    for (let round = 0; round < roundMax; round += 1) {
      this.#write(input);
      const isAsking = this.#exports.run(step) === 1;
      const output = this.#output();
      if (!isAsking) return JSON.parse(new TextDecoder().decode(output));
      const answers = await Promise.all(unframed(output).map((question) => this.#outside.answer(question)));
      answers.forEach((answer, index) => {
        this.#write(answer);
        this.#exports.answer(index);
      });
    }
    throw new Undone("module", "too many questions");
  }

  /** @param {Uint8Array} bytes */
  #write(bytes) {
    const place = this.#exports.reserve(bytes.length);
    if (place === 0) throw new Undone("large", `${bytes.length}`);
    new Uint8Array(this.#exports.memory.buffer).set(bytes, place >>> 0);
  }

  #output() {
    const start = this.#exports.output() >>> 0;
    return new Uint8Array(this.#exports.memory.buffer).slice(start, start + this.#exports.outputByteCount());
  }
}

/** @param {(Uint8Array | string)[]} parts each becomes its byte count in 4 bytes, big-endian, and its bytes. */
function framed(parts) {
  const pieces = parts.map((part) => (typeof part === "string" ? new TextEncoder().encode(part) : part));
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + 4 + piece.length, 0));
  const view = new DataView(bytes.buffer);
  let position = 0;
  for (const piece of pieces) {
    view.setUint32(position, piece.length);
    bytes.set(piece, position + 4);
    position += 4 + piece.length;
  }
  return bytes;
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
