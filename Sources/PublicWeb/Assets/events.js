import { Undone } from "./undone.js";
import { fetchFile } from "./fetching.js";
import { showMark } from "./marks.js";

/** The most bytes of one answer with events. */
const byteCountMax = 16 << 20;

/**
 * Checks that the log has the events of the page, and that the page shows what their entries say.
 *
 * @param proof the page's proof, whose checkpoint was checked.
 * @returns {Promise<import("./finding.js").Finding>}
 */
export async function checkEvents(proof) {
  const items = [...document.querySelectorAll(".events > li")];
  const published = items.filter((item) => BigInt(item.dataset.index) < BigInt(proof.checkpoint.size));
  const pendingCount = items.length - published.length;
  if (published.length === 0) {
    return pendingCount > 0
      ? { state: "skipped", note: "pending", argument: pendingCount } : { state: "skipped", note: "noEvents" };
  }
  const events = await fetchEvents(proof, published);
  let failure = isContinuous(items) ? null : { state: "failed", note: "contrary" };
  for (const item of published) {
    const finding = await check(item, events.get(item.dataset.sequence), proof);
    showMark(item, finding === null);
    failure ??= finding;
  }
  if (failure) return failure;
  return pendingCount > 0
    ? { state: "passed", note: "pending", argument: pendingCount }
    : { state: "passed", note: "counted", argument: published.length };
}

async function fetchEvents(proof, items) {
  const first = items.reduce((least, item) => Math.min(least, Number(item.dataset.sequence)), Infinity);
  const bytes = await fetchFile(`${proof.data.events}?from=${first}`, byteCountMax);
  let answer;
  try {
    answer = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new Undone("network", String(error));
  }
  return new Map(answer.events.map((event) => [String(event.sequence), event]));
}

/** Whether the page leaves out no event between its first and its last one. */
function isContinuous(items) {
  const numbers = items.map((item) => Number(item.dataset.sequence));
  return numbers.every((number, index) => index === 0 || number === numbers[index - 1] - 1);
}

/** @returns {Promise<import("./finding.js").Finding | null>} null where the event passed. */
async function check(item, event, proof) {
  if (event === undefined) return { state: "failed", note: "missing" };
  const { entry, ...told } = event;
  if (typeof entry !== "string" || !/^([0-9a-f]{2})+$/.test(entry)) return { state: "failed", note: "missing" };
  const bytes = Uint8Array.from(entry.match(/../g), (digits) => parseInt(digits, 16));
  const signed = await proof.reader.run("event", [bytes, item.dataset.index]);
  if (signed.error) return { state: "failed", note: signed.error, reason: signed.reason };
  const isTold = isEqual(signed, told) && signed.leafHash === item.dataset.leaf
    && String(signed.sequence) === item.dataset.sequence;
  const shownTime = Date.parse(item.querySelector("time")?.getAttribute("datetime") ?? "");
  const isShown = shownTime === (signed.eventTimeMilliseconds ?? signed.recordedAtMilliseconds)
    && (signed.location === undefined || item.textContent.includes(signed.location));
  return isTold && isShown ? null : { state: "failed", note: "contrary" };
}

/** Whether two JSON values are the same, whatever the order of their members. */
function isEqual(left, right) {
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return left === right;
  const names = Object.keys(left);
  return names.length === Object.keys(right).length && Array.isArray(left) === Array.isArray(right)
    && names.every((name) => Object.hasOwn(right, name) && isEqual(left[name], right[name]));
}
