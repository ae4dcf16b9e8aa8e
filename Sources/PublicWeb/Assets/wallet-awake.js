/** Keeps the screen on while a code is shown; a browser gives that up whenever the page is hidden. */
export class Awake {
  #lock = null;
  #isWanted = false;

  constructor() {
    document.addEventListener("visibilitychange", () => this.#ask());
  }

  begin() {
    this.#isWanted = true;
    return this.#ask();
  }

  async end() {
    this.#isWanted = false;
    const lock = this.#lock;
    this.#lock = null;
    await lock?.release();
  }

  async #ask() {
    if (!this.#isWanted || document.visibilityState !== "visible" || !("wakeLock" in navigator)) return;
    if (this.#lock !== null && !this.#lock.released) return;
    try {
      this.#lock = await navigator.wakeLock.request("screen");
    } catch {
      // A phone that saves its battery may refuse; the code is shown all the same.
      this.#lock = null;
    }
  }
}
