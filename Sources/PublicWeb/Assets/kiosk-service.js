/** How long the gate may take for an answer, in milliseconds. */
const timeoutMilliseconds = 10_000;

/** Why the gate gave no answer: `away`, or a stable code of the server. */
export class KioskError extends Error {
  constructor(code, reason) {
    super(reason);
    this.code = code;
  }
}

/** Asks the gate's server on this machine. */
export class KioskService {
  /** A random name of this page's film: the newest page has the view. */
  #film = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0")).join("");

  /** @returns {Promise<any>} what the gate says about itself. */
  state() {
    return ask("/state", { method: "GET" });
  }

  /** @param {import('./scanner.js').Frame} seen */
  view({ codes, unread, isSearched }) {
    return post("/view", { codes: codes.map(({ bytes, corners }) => ({ bytes, corners })), unread, isSearched,
      film: this.#film });
  }

  /** @param {string} text */
  scan(text) {
    return post("/scan", { text });
  }

  /** @param {import('./scanner.js').Line[]} lines */
  photo(lines) {
    return post("/photo", {
      codes: lines.filter((line) => line.bytes !== undefined).map(({ bytes }) => ({ bytes })),
      unread: lines.flatMap((line) => line.unread ?? []),
    });
  }
}

function post(path, body) {
  return ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

async function ask(path, options) {
  let response;
  let answer;
  try {
    response = await fetch(path, {
      ...options, cache: "no-store", credentials: "omit", redirect: "error",
      signal: AbortSignal.timeout(timeoutMilliseconds),
    });
    answer = await response.json();
  } catch (error) {
    throw new KioskError("away", String(error));
  }
  if (!response.ok) throw new KioskError(answer.error?.code ?? "away", JSON.stringify(answer));
  return answer;
}
