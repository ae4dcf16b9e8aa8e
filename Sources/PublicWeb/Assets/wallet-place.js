import { bytesOfBase32, bytesOfPEM, hex, sha256 } from "./bytes.js";
import { fetchBytes, fetchFile } from "./fetching.js";
import { Outside } from "./outside.js";
import { Reader, steps } from "./reader.js";
import { Undone } from "./undone.js";

const byteCountMax = { root: 4096, roots: 1 << 20, trust: 8 << 20, status: 4 << 20, hot: 64 << 10 };

/**
 * Checks a place's code on this phone, by the trust list alone: no request says which place it is.
 *
 * @param {string} base32 the code, as the link has it.
 * @param {string | undefined} readerPath the module that reads codes.
 * @param {import('./wallet-preferences.js').Preferences} preferences
 * @returns {Promise<{state: "good" | "open" | "bad", note: string, claims?: any}>}
 */
export async function checkPlace(base32, readerPath, preferences) {
  const bytes = bytesOfBase32(base32);
  if (bytes === null || bytes.length === 0 || bytes.length > 4096) return { state: "bad", note: "malformed" };
  if (readerPath === undefined) return { state: "open", note: "module" };
  try {
    return await check(bytes, readerPath, preferences);
  } catch (error) {
    return { state: "open", note: error instanceof Undone ? error.code : "module" };
  }
}

async function check(bytes, readerPath, preferences) {
  const reader = await Reader.load(readerPath, new Outside("/log/"));
  const now = String(Math.floor(Date.now() / 1000));
  const pem = new TextDecoder().decode(await fetchFile("/gates/root.pem", byteCountMax.root));
  const key = bytesOfPEM(pem);
  const digest = hex(await sha256(key));
  if (preferences.root !== "" && preferences.root !== digest) return { state: "bad", note: "root" };
  const roots = (await fetchBytes("/gates/roots.cbor", byteCountMax.roots)) ?? new Uint8Array();
  const bundle = await fetchFile("/gates/bundle.cbor", byteCountMax.trust);
  const trust = await reader.run(steps.trust, [key, roots, bundle, now]);
  if (trust.error) return { state: "open", note: "trust" };
  preferences.root = digest;
  const claims = await reader.run(steps.code, [bytes, "O", now]);
  if (claims.error) return { state: "bad", note: "forged" };
  if (claims.kind !== "place") return { state: "bad", note: "notPlace", claims };
  const hot = (await fetchBytes("/gates/status/hot", byteCountMax.hot)) ?? new Uint8Array();
  const list = await fetchBytes(`/status/${claims.list}`, byteCountMax.status);
  if (list === null) return { state: "open", note: "status", claims };
  const status = await reader.run(steps.status, [list, hot, now]);
  if (status.error) return { state: "open", note: "status", claims };
  return status.revoked ? { state: "bad", note: "revoked", claims } : { state: "good", note: "good", claims };
}
