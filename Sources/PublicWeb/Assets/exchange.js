import { bigEndian } from "./bytes.js";

/**
 * Hands a step's parts to the module, as it reads them: each after its byte count in 4 bytes, big-endian.
 *
 * @param {WebAssembly.Exports} exports
 * @param {(Uint8Array | Uint8ClampedArray | string)[]} parts
 * @returns {boolean} false where the module has no room for them.
 */
export function writeParts(exports, parts) {
  const pieces = parts.map((part) => (typeof part === "string" ? new TextEncoder().encode(part) : part));
  let place = exports.reserve(pieces.reduce((sum, piece) => sum + 4 + piece.length, 0)) >>> 0;
  if (place === 0) return false;
  const memory = new Uint8Array(exports.memory.buffer);
  for (const piece of pieces) {
    memory.set(bigEndian(piece.length, 4), place);
    memory.set(piece, place + 4);
    place += 4 + piece.length;
  }
  return true;
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

/** The output of the module's last run. @param {WebAssembly.Exports} exports @returns {Uint8Array} */
export function output(exports) {
  const start = exports.output() >>> 0;
  return new Uint8Array(exports.memory.buffer).slice(start, start + exports.outputByteCount());
}
