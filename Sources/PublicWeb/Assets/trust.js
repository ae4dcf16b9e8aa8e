import { bytesOfPEM, hex, sha256 } from "./bytes.js";
import { fetchBytes, fetchFile } from "./fetching.js";

/** The most bytes of each file. */
const byteCountMax = { root: 4096, roots: 1 << 20, bundle: 8 << 20, status: 4 << 20, hot: 64 << 10 };

/** Where the published tree has its files, on this host. */
export const treePaths = {
  root: "/gates/root.pem", roots: "/gates/roots.cbor", bundle: "/gates/bundle.cbor", hot: "/gates/status/hot",
};

/**
 * Fetches the root's key.
 *
 * @param {string} path
 * @returns {Promise<{key: Uint8Array, digest: string}>} its SubjectPublicKeyInfo, and that one's SHA-256.
 */
export async function fetchRoot(path = treePaths.root) {
  const key = bytesOfPEM(new TextDecoder().decode(await fetchFile(path, byteCountMax.root)));
  return { key, digest: hex(await sha256(key)) };
}

/**
 * Fetches the trust list and checks it under the root's key.
 *
 * @param {import('./reader.js').Reader} reader
 * @param {Uint8Array} key of the root.
 * @param {string} now seconds since 1970.
 * @param {{roots: string, bundle: string}} paths
 * @returns {Promise<any>} what the list says of itself, or `error`.
 */
export async function checkTrust(reader, key, now, paths = treePaths) {
  const roots = (await fetchBytes(paths.roots, byteCountMax.roots)) ?? new Uint8Array();
  return reader.run("trust", [key, roots, await fetchFile(paths.bundle, byteCountMax.bundle), now]);
}

/**
 * Looks the code of the last step up in its status lists and in the hot list.
 *
 * @param {import('./reader.js').Reader} reader
 * @param {string[]} lists the names of its lists; none for a code that cannot be revoked.
 * @param {string} now seconds since 1970.
 * @param {string} hotPath
 * @returns {Promise<{revoked?: boolean, asOf?: string, error?: string, reason?: string}>}
 */
export async function checkStatus(reader, lists, now, hotPath = treePaths.hot) {
  // The hot list first: a list that is read after it is not older than it supposes.
  const hot = (await fetchBytes(hotPath, byteCountMax.hot)) ?? new Uint8Array();
  let known = { error: "status_unknown" };
  for (const [place, name] of lists.entries()) {
    const list = await fetchBytes(`/status/${name}`, byteCountMax.status);
    if (list === null) return { error: "status_unknown" };
    const answer = await reader.run("status", [list, hot, now, String(place)]);
    if (answer.error || answer.revoked) return answer;
    if (known.error || Number(answer.asOf) < Number(known.asOf)) known = answer;
  }
  return known;
}
