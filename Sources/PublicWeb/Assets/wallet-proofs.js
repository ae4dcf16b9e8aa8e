import { base64URL, hex, random, sha256, utf8 } from "./bytes.js";

/** @typedef {import('./wallet-keys.js').Keys} Keys */

/**
 * A proof that a request comes from this phone (RFC 9449 §4.2).
 *
 * @param {Keys} keys
 * @param {string} path of the request, such as `/vci/token`.
 * @param {string} nonce
 * @param {string} accessToken empty where none goes with the request.
 */
export async function requestProof(keys, path, nonce, accessToken) {
  const payload = {
    jti: hex(random(16)), htm: "POST", htu: location.origin + path, iat: seconds(), nonce,
  };
  if (accessToken) payload.ath = base64URL(await sha256(utf8(accessToken)));
  return token(keys, "dpop+jwt", payload);
}

/**
 * A proof that this phone's key asks for codes (OpenID4VCI 1.0, Appendix F.1).
 *
 * @param {Keys} keys
 * @param {string} nonce
 * @param {string[]} anchors in hexadecimal digits, one of each day's chain.
 * @param {CryptoKey | null} secret the offer's, as a key for HMAC; null for a renewal.
 */
export async function credentialProof(keys, nonce, anchors, secret) {
  const payload = { aud: location.origin, iat: seconds(), nonce, anchors };
  if (secret) {
    const message = utf8(`suishen offer v1\n${keys.device.thumbprint}\n${nonce}`);
    payload.mac = base64URL(await crypto.subtle.sign("HMAC", secret, message));
  }
  return token(keys, "openid4vci-proof+jwt", payload);
}

async function token(keys, typ, payload) {
  const header = { typ, alg: keys.device.algorithm, jwk: keys.device.jwk };
  const content = [header, payload].map((part) => base64URL(utf8(JSON.stringify(part)))).join(".");
  return `${content}.${base64URL(await keys.sign(utf8(content)))}`;
}

function seconds() {
  return Math.floor(Date.now() / 1000);
}
