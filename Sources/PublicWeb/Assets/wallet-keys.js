import { base64URL, sha256, utf8 } from "./bytes.js";
import { Failure } from "./wallet-failure.js";

/** How WebCrypto names the algorithms of device keys, by their names in JSON Web Signatures. */
const algorithms = {
  EdDSA: { making: { name: "Ed25519" }, signing: { name: "Ed25519" } },
  ES256: { making: { name: "ECDSA", namedCurve: "P-256" }, signing: { name: "ECDSA", hash: "SHA-256" } },
};
const seedByteCount = 16;

/**
 * The phone's two keys. Neither can be read out: not by this script, nor by another one of this origin.
 *
 * The device key signs requests and presentations. From the other key the seed of each day's chain is derived, so that no
 * seed is stored.
 */
export class Keys {
  /**
   * @param {{algorithm: "EdDSA" | "ES256", privateKey: CryptoKey, jwk: JsonWebKey, thumbprint: string}} device
   * @param {CryptoKey} seeds
   */
  constructor(device, seeds) {
    this.device = device;
    this.seeds = seeds;
  }

  /** @param {import('./wallet-store.js').Store} store @returns {Promise<Keys | null>} null before the first code. */
  static async read(store) {
    const [device, seeds] = [await store.get("keys", "device"), await store.get("keys", "seeds")];
    return device && seeds ? new Keys(device, seeds) : null;
  }

  /**
   * Makes both keys, of the first algorithm that this browser has.
   *
   * @param {import('./wallet-store.js').Store} store
   * @param {string[]} wanted the issuer's algorithms, the preferred one first.
   * @throws {Failure} `device_key_invalid` where the browser has none of them.
   */
  static async make(store, wanted) {
    const device = await makeDeviceKey(wanted);
    const material = crypto.getRandomValues(new Uint8Array(32));
    const seeds = await crypto.subtle.importKey("raw", material, "HKDF", false, ["deriveBits"]);
    material.fill(0);
    await store.put("keys", "seeds", seeds);
    await store.put("keys", "device", device);
    return new Keys(device, seeds);
  }

  /** Signs with the device key. @param {Uint8Array} content @returns {Promise<Uint8Array>} 64 bytes. */
  async sign(content) {
    const { algorithm, privateKey } = this.device;
    return new Uint8Array(await crypto.subtle.sign(algorithms[algorithm].signing, privateKey, content));
  }

  /** The seed of a chain. @param {string} name random, kept with the code. @returns {Promise<Uint8Array>} 16 bytes. */
  async seed(name) {
    const info = utf8(`suishen chain seed v1\n${name}`);
    const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
    return new Uint8Array(await crypto.subtle.deriveBits(how, this.seeds, seedByteCount * 8));
  }
}

async function makeDeviceKey(wanted) {
  for (const algorithm of wanted) {
    const known = algorithms[algorithm];
    if (known === undefined) continue;
    let pair;
    try {
      pair = await crypto.subtle.generateKey(known.making, false, ["sign", "verify"]);
    } catch {
      // This browser lacks the algorithm.
      continue;
    }
    const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
    const jwk = y === undefined ? { crv, kty, x } : { crv, kty, x, y };
    // RFC 7638: the members in the order of their names, without spaces.
    const thumbprint = base64URL(await sha256(utf8(JSON.stringify(jwk))));
    return { algorithm, privateKey: pair.privateKey, jwk, thumbprint };
  }
  throw new Failure("device_key_invalid", `none of ${wanted.join(", ")}`);
}
