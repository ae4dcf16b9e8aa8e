/** How long the film waits after the reader has failed, in milliseconds. */
const pauseMilliseconds = 1000;

/** Takes one picture after another from the camera, lets the reader look at it, and hands on what it saw. */
export class Film {
  /** Whether the reader also searches the next frame for codes that it cannot read, even where no code is new. */
  isAwaited = false;
  /** @type {(isFaulty: boolean) => void} tells when the reader fails, and when it works again. */
  onfault = () => {};

  /**
   * @param {import('./gate-camera.js').Camera} camera
   * @param {import('./gate-scanner.js').ScannerWorker} scanner
   * @param {(seen: import('./scanner.js').Frame) => Promise<void>} take
   */
  constructor(camera, scanner, take) {
    Object.assign(this, { camera, scanner, take });
  }

  /** Runs as long as the page does. */
  async run() {
    for (;;) {
      const isLate = this.camera.isWaiting;
      const picture = await this.camera.next();
      let seen;
      try {
        seen = await this.scanner.frame(picture, { isLate, isAwaited: this.isAwaited });
        this.onfault(false);
      } catch {
        this.onfault(true);
        await new Promise((resolve) => setTimeout(resolve, pauseMilliseconds));
        continue;
      }
      await this.take(seen);
    }
  }
}
