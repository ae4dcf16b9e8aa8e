import { bigEndian, bytesOfHex } from "./bytes.js";
import { textOf } from "./character-sets.js";
import { output, writeParts } from "./exchange.js";

/** The steps, as the module numbers them. */
const steps = { picture: 1, frame: 2, reset: 3 };
const flags = { late: 1, awaited: 2 };

/** Why the scanner has no answer: a stable code, and a reason. */
export class ScannerError extends Error {
  /** @param {string} code @param {string} reason */
  constructor(code, reason) {
    super(reason);
    this.code = code;
  }
}

/**
 * @typedef {[number, number]} Point pixels from the left and from the top.
 * @typedef {object} Line a line of `verify decode --json`, without the picture's name: of a text, or of unread codes.
 * @property {string} [text]
 * @property {string} [bytes] hexadecimal digits.
 * @property {Point[]} [corners] of the text's only code: upper left, upper right, lower right, lower left.
 * @property {{part: number, of: number, corners: Point[]}[]} [parts] the codes that the text is split over.
 * @property {Point[][]} [unread] the codes that were seen and not read.
 * @property {string[]} warnings
 *
 * @typedef {object} Frame what a film's frame shows.
 * @property {{bytes: string, corners: Point[]}[]} codes those that were read; the bytes are hexadecimal digits.
 * @property {number[]} new the indices of the codes that have just come into view.
 * @property {Point[][]} unread the codes that may be a person's and were not read; empty without a search.
 * @property {boolean} isSearched whether the frame was searched for codes beside those that were read.
 */

/** The module of WebAssembly that reads codes, from the sources that gates run. */
export class Scanner {
  #module;
  #exports;

  /** @param {WebAssembly.Module} module */
  constructor(module) {
    this.#module = module;
    this.#begin();
  }

  /** @param {string} path @returns {Promise<Scanner>} @throws {ScannerError} `offline`, `unavailable`, `module` */
  static async load(path) {
    let response;
    try {
      response = await fetch(path, { credentials: "omit" });
    } catch (error) {
      throw new ScannerError("offline", String(error));
    }
    if (!response.ok) throw new ScannerError("unavailable", `${path}: ${response.status}`);
    return Scanner.make(await response.arrayBuffer());
  }

  /** @param {ArrayBuffer} file the module. @throws {ScannerError} `module` */
  static async make(file) {
    try {
      return new Scanner(await WebAssembly.compile(file));
    } catch (error) {
      throw new ScannerError("module", String(error));
    }
  }

  /**
   * Reads every code in a picture, however long that takes.
   *
   * @param {number} width
   * @param {number} height
   * @param {Uint8Array | Uint8ClampedArray} bytes a byte of grey a pixel, or four of red, green, blue and alpha.
   * @returns {Line[]} empty where nothing looks like a code.
   * @throws {ScannerError} `image_too_large`, `step_misused`, `module`
   */
  picture(width, height, bytes) {
    const lines = this.#run(steps.picture, [bigEndian(width, 4), bigEndian(height, 4), bytes]);
    return lines.map(({ runs, ...line }) =>
      line.bytes === undefined ? line : { text: textOf(bytesOfHex(line.bytes), runs ?? []), ...line },
    );
  }

  /**
   * Reads a film's next frame, within the film's budget.
   *
   * @param {number} width
   * @param {number} height
   * @param {Uint8Array | Uint8ClampedArray} bytes as for a picture.
   * @param {{isLate?: boolean, isAwaited?: boolean}} [about] whether the frame was already waiting, and so gets a short
   *   look; and whether the page wants it searched for unread codes in any case.
   * @returns {Frame}
   * @throws {ScannerError} as for a picture.
   */
  frame(width, height, bytes, { isLate = false, isAwaited = false } = {}) {
    const given = (isLate ? flags.late : 0) | (isAwaited ? flags.awaited : 0);
    return this.#run(steps.frame, [bigEndian(width, 4), bigEndian(height, 4), bytes, Uint8Array.of(given)]);
  }

  /** Forgets the film; the next one has this budget for each of its frames. @param {number} [budgetMilliseconds] */
  reset(budgetMilliseconds = 15) {
    this.#run(steps.reset, [bigEndian(budgetMilliseconds, 4)]);
  }

  #begin() {
    const instance = new WebAssembly.Instance(this.#module, { page: { now: () => performance.now() } });
    this.#exports = instance.exports;
  }

  #run(step, parts) {
    let answer;
    try {
      if (!writeParts(this.#exports, parts)) throw new RangeError("the module has no room for the picture's bytes");
      this.#exports.run(step);
      answer = output(this.#exports);
    } catch (error) {
      // Its memory may be left as no step expects it, so it begins anew.
      this.#begin();
      throw new ScannerError("module", String(error));
    }
    const result = JSON.parse(new TextDecoder().decode(answer));
    if (result.error) throw new ScannerError(result.error, result.reason);
    return result;
  }
}
