import { bigEndian } from "./bytes.js";

/**
 * The parts of a step's input, as a module of WebAssembly reads them.
 *
 * @param {(Uint8Array | string)[]} parts each becomes its byte count in 4 bytes, big-endian, and its bytes.
 */
export function framed(parts) {
  const pieces = parts.map((part) => (typeof part === "string" ? new TextEncoder().encode(part) : part));
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + 4 + piece.length, 0));
  let position = 0;
  for (const piece of pieces) {
    bytes.set(bigEndian(piece.length, 4), position);
    bytes.set(piece, position + 4);
    position += 4 + piece.length;
  }
  return bytes;
}

/**
 * Hands bytes to the module.
 *
 * @param {WebAssembly.Exports} exports
 * @param {Uint8Array} bytes
 * @returns {boolean} false where the module has no room for them.
 */
export function write(exports, bytes) {
  const place = exports.reserve(bytes.length) >>> 0;
  if (place === 0) return false;
  new Uint8Array(exports.memory.buffer).set(bytes, place);
  return true;
}

/**
 * Hands parts to the module as `framed` makes them, with a single copy of each.
 *
 * @param {WebAssembly.Exports} exports
 * @param {(Uint8Array | Uint8ClampedArray)[]} parts
 * @returns {boolean} false where the module has no room for them.
 */
export function writeFramed(exports, parts) {
  let place = exports.reserve(parts.reduce((sum, part) => sum + 4 + part.length, 0)) >>> 0;
  if (place === 0) return false;
  const memory = new Uint8Array(exports.memory.buffer);
  for (const part of parts) {
    memory.set(bigEndian(part.length, 4), place);
    memory.set(part, place + 4);
    place += 4 + part.length;
  }
  return true;
}

/** The output of the module's last run. @param {WebAssembly.Exports} exports @returns {Uint8Array} */
export function output(exports) {
  const start = exports.output() >>> 0;
  return new Uint8Array(exports.memory.buffer).slice(start, start + exports.outputByteCount());
}
