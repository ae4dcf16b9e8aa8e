/** What went wrong, by a stable code: the issuer's, or one of `offline`, `unavailable`, `browser`, `module`. */
export class Failure extends Error {
  /**
   * @param {string} code
   * @param {string} reason for a person who is asked for help; the holder reads the code's own words.
   */
  constructor(code, reason = "") {
    super(`${code}: ${reason}`);
    this.code = code;
    this.reason = reason;
  }

  /** Whether the same request can succeed later. */
  get isPassing() {
    return ["offline", "unavailable", "nonce_needed"].includes(this.code);
  }
}
