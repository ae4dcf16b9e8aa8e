import { bytesOfHex, hex } from "./bytes.js";

/** The curve P-256 (SP 800-186 §3.2.1.3): y² = x³ − 3x + b modulo p. */
const p = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const b = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;

/** A SubjectPublicKeyInfo (RFC 5480) before an uncompressed point, and before a compressed one. */
const wholePrefix = bytesOfHex("3059301306072a8648ce3d020106082a8648ce3d030107034200");
const shortPrefix = bytesOfHex("3039301306072a8648ce3d020106082a8648ce3d030107032200");

/**
 * A key as browsers take it: WebCrypto need not take compressed points.
 *
 * @param {Uint8Array} spki
 * @returns {Uint8Array} the same key with its whole point; a key of another kind as it is.
 */
export function wholeKey(spki) {
  if (spki.length !== shortPrefix.length + 33 || !shortPrefix.every((byte, index) => spki[index] === byte)) return spki;
  const sign = BigInt(spki[shortPrefix.length] & 1);
  const x = BigInt(`0x${hex(spki.subarray(shortPrefix.length + 1))}`);
  const square = modulo(x * x * x - 3n * x + b);
  // p ≡ 3 (mod 4). An x that is not on the curve gives a point that the browser refuses.
  const root = power(square, (p + 1n) / 4n);
  const y = (root & 1n) === sign ? root : p - root;
  return Uint8Array.of(...wholePrefix, 0x04, ...bytesOf(x), ...bytesOf(y));
}

function modulo(value) {
  const rest = value % p;
  return rest < 0n ? rest + p : rest;
}

function power(base, exponent) {
  let result = 1n;
  for (let rest = exponent, factor = base; rest > 0n; rest >>= 1n, factor = modulo(factor * factor)) {
    if (rest & 1n) result = modulo(result * factor);
  }
  return result;
}

function bytesOf(value) {
  return bytesOfHex(value.toString(16).padStart(64, "0"));
}
