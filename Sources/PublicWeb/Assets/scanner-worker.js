import { Scanner } from "./scanner.js";

/**
 * Reads codes beside the page, which stays responsive. Each message gets one answer with its `id`: a `result`, or an
 * `error`, a stable code, with its `reason`. Answers come in the order of the messages.
 *
 * @typedef {{id: number, kind: "load", path: string}} Load comes first; the path is the module's.
 * @typedef {{id: number, kind: "picture", width: number, height: number, bytes: Uint8Array}} Picture
 * @typedef {{id: number, kind: "frame", width: number, height: number, bytes: Uint8Array, isLate?: boolean,
 *   isAwaited?: boolean}} Frame
 * @typedef {{id: number, kind: "reset", budgetMilliseconds?: number}} Reset
 */

/** @type {Promise<Scanner> | undefined} */
let scanner;
let last = Promise.resolve();

addEventListener("message", ({ data }) => {
  last = last.then(() => answer(data));
});

/** @param {Load | Picture | Frame | Reset} message */
async function answer(message) {
  try {
    postMessage({ id: message.id, result: (await result(message)) ?? null });
  } catch (error) {
    postMessage({ id: message.id, error: error.code ?? "module", reason: String(error.message ?? error) });
  }
}

/** @param {Load | Picture | Frame | Reset} message */
async function result(message) {
  if (message.kind === "load") {
    scanner = Scanner.load(message.path);
    await scanner;
    return null;
  }
  if (scanner === undefined) throw new Error("the first message loads the module");
  const { width, height, bytes } = message;
  switch (message.kind) {
    case "picture":
      return (await scanner).picture(width, height, bytes);
    case "frame":
      return (await scanner).frame(width, height, bytes, message);
    case "reset":
      return (await scanner).reset(message.budgetMilliseconds);
    default:
      throw new Error(`no message is called ${message.kind}`);
  }
}
