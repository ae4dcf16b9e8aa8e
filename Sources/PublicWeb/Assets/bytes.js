const encoder = new TextEncoder();

/** @param {string} text */
export function utf8(text) {
  return encoder.encode(text);
}

/** @param {ArrayBuffer | Uint8Array} bytes @returns {string} hexadecimal digits. */
export function hex(bytes) {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {string} text hexadecimal digits. */
export function bytesOfHex(text) {
  return Uint8Array.from(text.match(/../g) ?? [], (digits) => parseInt(digits, 16));
}

/** @param {ArrayBuffer | Uint8Array} bytes @returns {string} Base64url without padding (RFC 4648 §5). */
export function base64URL(bytes) {
  const text = btoa(String.fromCharCode(...new Uint8Array(bytes)));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** @param {string} text Base64url without padding. @returns {Uint8Array | null} null for another text. */
export function bytesOfBase64URL(text) {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return null;
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
}

/** @param {string} text Base32 without padding (RFC 4648 §6), in either case. @returns {Uint8Array | null} */
export function bytesOfBase32(text) {
  const bytes = [];
  let [buffer, bitCount] = [0, 0];
  for (const letter of text.toUpperCase()) {
    const value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter);
    if (value < 0) return null;
    buffer = ((buffer << 5) | value) & 0xfff;
    bitCount += 5;
    if (bitCount < 8) continue;
    bitCount -= 8;
    bytes.push((buffer >> bitCount) & 0xff);
  }
  return Uint8Array.from(bytes);
}

/** @param {string} text a PEM file (RFC 7468). @returns {Uint8Array} what it holds. */
export function bytesOfPEM(text) {
  const body = text.replace(/-----[A-Z ]+-----/g, "").replace(/\s/g, "");
  return Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0));
}

/** @param {Uint8Array} content @returns {Promise<Uint8Array>} */
export async function sha256(content) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", content));
}

/** @param {number} value @param {number} byteCount @returns {Uint8Array} big-endian. */
export function bigEndian(value, byteCount) {
  const bytes = new Uint8Array(byteCount);
  for (let index = byteCount - 1, rest = value; index >= 0; index -= 1, rest = Math.floor(rest / 256)) {
    bytes[index] = rest % 256;
  }
  return bytes;
}

/** @param {number} count @returns {Uint8Array} random bytes. */
export function random(count) {
  return crypto.getRandomValues(new Uint8Array(count));
}
