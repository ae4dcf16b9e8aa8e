import { bytesOfBase32 } from "./bytes.js";
import { Outside } from "./outside.js";
import { checkStatus, checkTrust, fetchRoot } from "./trust.js";
import { Undone } from "./undone.js";

/**
 * Checks a place's code on this phone, by the trust list alone: no request says which place it is.
 *
 * @param {string} base32 the code, as the link has it.
 * @param {() => Promise<import('./wallet-module.js').Module>} loading
 * @param {import('./wallet-preferences.js').Preferences} preferences
 * @returns {Promise<{state: "good" | "open" | "bad", note: string, claims?: any}>}
 */
export async function checkPlace(base32, loading, preferences) {
  const bytes = bytesOfBase32(base32);
  if (bytes === null || bytes.length === 0 || bytes.length > 4096) return { state: "bad", note: "malformed" };
  try {
    return await check(bytes, await loading(), preferences);
  } catch (error) {
    return { state: "open", note: error instanceof Undone ? error.code : "module" };
  }
}

async function check(bytes, module, preferences) {
  const reader = await module.placeReader(new Outside("/log/"));
  const now = String(Math.floor(Date.now() / 1000));
  const { key, digest } = await fetchRoot();
  if (preferences.root !== "" && preferences.root !== digest) return { state: "bad", note: "root" };
  const trust = await checkTrust(reader, key, now);
  if (trust.error) return { state: "open", note: "trust" };
  preferences.root = digest;
  const claims = await reader.run("code", [bytes, "O", now]);
  if (claims.error) return { state: "bad", note: "forged" };
  if (claims.kind !== "place") return { state: "bad", note: "notPlace", claims };
  const status = await checkStatus(reader, claims.lists ?? [], now);
  if (status.error) return { state: "open", note: "status", claims };
  return status.revoked ? { state: "bad", note: "revoked", claims } : { state: "good", note: "good", claims };
}
