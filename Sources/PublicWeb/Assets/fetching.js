import { Undone } from "./undone.js";

/** The time that one file may take, in milliseconds. */
const timeoutMilliseconds = 20_000;

/**
 * Fetches a file, without cookies and past the browser's cache.
 *
 * @param {string} path on this host.
 * @param {number} byteCountMax
 * @returns {Promise<Uint8Array | null>} null where the server says that there is no such file.
 * @throws {Undone} `network`, `large`
 */
export async function fetchBytes(path, byteCountMax) {
  let response;
  let bytes;
  try {
    response = await fetch(path, {
      cache: "no-cache", credentials: "omit", redirect: "error", referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout(timeoutMilliseconds),
    });
    if (response.status === 404) return null;
    if (!response.ok) throw new Undone("network", `${path}: ${response.status}`);
    bytes = await collect(response.body, byteCountMax);
  } catch (error) {
    if (error instanceof Undone) throw error;
    throw new Undone("network", `${path}: ${error}`);
  }
  if (bytes === null) throw new Undone("large", `${path}: ${byteCountMax}`);
  return bytes;
}

/**
 * Fetches a file that must be there.
 *
 * @param {string} path on this host.
 * @param {number} byteCountMax
 * @returns {Promise<Uint8Array>}
 * @throws {Undone} `network`, also where the file is missing, and `large`
 */
export async function fetchFile(path, byteCountMax) {
  const bytes = await fetchBytes(path, byteCountMax);
  if (bytes === null) throw new Undone("network", `${path}: 404`);
  return bytes;
}

/**
 * Reads a stream up to a limit.
 *
 * @param {ReadableStream<Uint8Array> | null} stream
 * @param {number} byteCountMax
 * @returns {Promise<Uint8Array | null>} null where there is more.
 */
export async function collect(stream, byteCountMax) {
  if (stream === null) return new Uint8Array();
  const pieces = [];
  let byteCount = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    byteCount += value.length;
    if (byteCount > byteCountMax) {
      await reader.cancel();
      return null;
    }
    pieces.push(value);
  }
  const bytes = new Uint8Array(byteCount);
  let position = 0;
  for (const piece of pieces) {
    bytes.set(piece, position);
    position += piece.length;
  }
  return bytes;
}
