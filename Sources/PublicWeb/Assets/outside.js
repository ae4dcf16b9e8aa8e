import { Undone } from "./undone.js";
import { collect, fetchBytes } from "./fetching.js";
import { wholeKey } from "./point.js";

/** The kinds of questions, as the module numbers them. */
const kinds = { signature: 2, unpack: 3, tile: 4, sm3: 5 };
/** The algorithms of signatures, as the module numbers them. */
const algorithms = { ed25519: 1, es256: 2 };

/** A full tile: 256 hashes. */
const tileByteCount = 256 * 32;
/** The most bytes of an unpacked status list. */
const unpackedByteCountMax = 1 << 24;
const signatureByteCount = 64;

const no = new Uint8Array([0]);
const yes = new Uint8Array([1]);

/** Answers the module's questions with the browser's own functions. */
export class Outside {
  /** @param {string} logPath the path before `tile/`. */
  constructor(logPath) {
    this.logPath = logPath;
  }

  /**
   * @param {Uint8Array} question its kind, and its content.
   * @returns {Promise<Uint8Array>}
   * @throws {Undone} where this browser cannot answer.
   */
  async answer(question) {
    const content = question.subarray(1);
    if (!globalThis.crypto?.subtle) throw new Undone("browser", "no WebCrypto");
    switch (question[0]) {
      case kinds.signature: return (await isSigned(content)) ? yes : no;
      case kinds.unpack: return unpack(content);
      case kinds.tile: return this.#tile(new TextDecoder().decode(content));
      case kinds.sm3: throw new Undone("sm2", "SM3");
      default: throw new Undone("module", `question ${question[0]}`);
    }
  }

  /** @param {string} path such as `tile/0/000.p/5`. */
  async #tile(path) {
    const bytes = await fetchBytes(this.logPath + path, tileByteCount);
    if (bytes !== null) return found(bytes);
    // A log may drop a partial tile once the full one is there.
    const [full, width] = path.split(".p/");
    if (width === undefined) return no;
    const whole = await fetchBytes(this.logPath + full, tileByteCount);
    return whole === null ? no : found(whole.subarray(0, Number(width) * 32));
  }
}

/**
 * @param {Uint8Array} content the algorithm, the key after its byte count, the signature, and the message.
 * @throws {Undone} `sm2` for SM2, `browser` where the browser lacks the algorithm.
 */
async function isSigned(content) {
  const keyEnd = 2 + content[1];
  const key = wholeKey(content.subarray(2, keyEnd));
  const signature = content.subarray(keyEnd, keyEnd + signatureByteCount);
  const message = content.subarray(keyEnd + signatureByteCount);
  let imported;
  let verifying;
  switch (content[0]) {
    case algorithms.ed25519:
      imported = verifying = { name: "Ed25519" };
      break;
    case algorithms.es256:
      imported = { name: "ECDSA", namedCurve: "P-256" };
      verifying = { name: "ECDSA", hash: "SHA-256" };
      break;
    default: throw new Undone("sm2", "SM2");
  }
  try {
    const usable = await crypto.subtle.importKey("spki", key, imported, false, ["verify"]);
    return await crypto.subtle.verify(verifying, usable, signature, message);
  } catch (error) {
    if (error instanceof DOMException && error.name === "NotSupportedError") throw new Undone("browser", imported.name);
    // A key that the browser refuses has signed nothing.
    return false;
  }
}

/** @param {Uint8Array} content a zlib stream (RFC 1950). */
async function unpack(content) {
  try {
    const stream = new Blob([content]).stream().pipeThrough(new DecompressionStream("deflate"));
    const bytes = await collect(stream, unpackedByteCountMax);
    return bytes === null ? no : found(bytes);
  } catch {
    return no;
  }
}

/** @param {Uint8Array} bytes */
function found(bytes) {
  const answer = new Uint8Array(1 + bytes.length);
  answer[0] = 1;
  answer.set(bytes, 1);
  return answer;
}
