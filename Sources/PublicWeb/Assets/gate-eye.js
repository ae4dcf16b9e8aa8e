import { Camera } from "./gate-camera.js";
import { Film } from "./gate-film.js";
import { viewfinder } from "./gate-frame.js";
import { pixelsOf } from "./gate-photo.js";
import { ScannerWorker } from "./gate-scanner.js";

/** What a gate's page sees with: the camera, its picture on the page, and the reader, which reads photos too. */
export class Eye {
  /** Tells that the state has changed. */
  onchange = () => {};
  video = viewfinder();
  #camera = new Camera(this.video);
  #scanner;
  #film;
  #isFaulty = false;

  /**
   * @param {string} workerPath @param {string} modulePath
   * @param {(seen: import('./scanner.js').Frame) => Promise<void>} take gets what each frame of the camera shows.
   */
  constructor(workerPath, modulePath, take) {
    this.#scanner = new ScannerWorker(workerPath, modulePath);
    this.#film = new Film(this.#camera, this.#scanner, take);
    this.#camera.onstate = () => this.#change();
    this.#film.onfault = (isFaulty) => {
      if (isFaulty === this.#isFaulty) return;
      this.#isFaulty = isFaulty;
      this.#change();
    };
    this.#change();
    this.#film.run();
  }

  /** The camera's state, or `scanner` where the reader fails. */
  get state() {
    return this.#isFaulty ? "scanner" : this.#camera.state;
  }

  /** @param {boolean} isAwaited as the film has it. */
  set isAwaited(isAwaited) {
    this.#film.isAwaited = isAwaited;
  }

  open() {
    return this.#camera.open();
  }

  /**
   * Reads the codes of a photo.
   *
   * @param {File} file
   * @returns {Promise<import('./scanner.js').Line[] | null>} null for a file that is no picture.
   */
  async read(file) {
    const pixels = await pixelsOf(file);
    return pixels === null ? null : this.#scanner.picture(pixels);
  }

  /** Lets the picture go on after it was put elsewhere in the page, where it stands still. */
  resume() {
    if (this.video.srcObject) this.video.play().catch(() => {});
  }

  #change() {
    document.body.dataset.camera = this.state;
    this.video.hidden = !["running", "frozen"].includes(this.#camera.state);
    this.onchange();
  }
}
