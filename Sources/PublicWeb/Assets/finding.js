/**
 * What a step found, with a note for the reader.
 *
 * @typedef {"passed" | "failed" | "revoked" | "refused" | "undone" | "warned" | "skipped"} State
 * @typedef {{state: State, note?: string, argument?: string | number, reason?: string}} Finding
 */

/**
 * What an answer of the module means.
 *
 * @param {{error?: string, reason?: string}} answer
 * @returns {Finding}
 */
export function judged(answer) {
  return answer.error ? { state: "failed", note: answer.error, reason: answer.reason } : { state: "passed" };
}
