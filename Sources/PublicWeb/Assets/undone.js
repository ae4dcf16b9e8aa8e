/** Why something could not be checked here; it says neither yes nor no about the code. */
export class Undone extends Error {
  /**
   * @param {"network" | "sm2" | "browser" | "module" | "large"} code
   * @param {string} reason
   */
  constructor(code, reason) {
    super(reason);
    this.code = code;
  }
}
