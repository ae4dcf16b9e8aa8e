/** How long the reader may take for a frame and for a photo before it is started again, in milliseconds. */
const patienceMilliseconds = { load: 20_000, reset: 5_000, frame: 5_000, picture: 60_000 };

/** A worker's script has to be of the policy's type; the one path is the page's own. */
const policy = globalThis.trustedTypes?.createPolicy("wallet", { createScriptURL: (path) => path });

/** The reader of codes, in a worker of its own; a worker that fails or hangs is replaced. */
export class ScannerWorker {
  #workerPath;
  #modulePath;
  /** @type {Worker | null} */
  #worker = null;
  #waiting = new Map();
  #count = 0;
  #loading = Promise.resolve();

  /** @param {string} workerPath @param {string} modulePath */
  constructor(workerPath, modulePath) {
    this.#workerPath = workerPath;
    this.#modulePath = modulePath;
  }

  /** Starts the worker, if none runs. @throws {Error} with `code`. */
  async ready() {
    if (this.#worker === null) {
      const worker = new Worker(policy?.createScriptURL(this.#workerPath) ?? this.#workerPath, { type: "module" });
      worker.addEventListener("message", ({ data }) => this.#take(data));
      worker.addEventListener("error", (event) => {
        event.preventDefault();
        if (worker === this.#worker) this.#end("the worker failed");
      });
      this.#worker = worker;
      this.#loading = this.#send({ kind: "load", path: this.#modulePath }, []);
    }
    await this.#loading;
  }

  /**
   * Reads a film's next frame.
   *
   * @param {{width: number, height: number, data: Uint8ClampedArray}} picture whose pixels go to the worker.
   * @param {{isLate?: boolean, isAwaited?: boolean}} about
   * @returns {Promise<import('./scanner.js').Frame>}
   */
  async frame({ width, height, data }, about) {
    await this.ready();
    return this.#send({ kind: "frame", width, height, bytes: data, ...about }, [data.buffer]);
  }

  /** @returns {Promise<import('./scanner.js').Line[]>} what a photo shows. */
  async picture({ width, height, data }) {
    await this.ready();
    return this.#send({ kind: "picture", width, height, bytes: data }, [data.buffer]);
  }

  #send(message, transferred) {
    const id = this.#count += 1;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#end(`${message.kind} takes too long`), patienceMilliseconds[message.kind]);
      this.#waiting.set(id, { resolve, reject, timer });
      this.#worker.postMessage({ id, ...message }, transferred);
    });
  }

  #take({ id, result, error, reason }) {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    clearTimeout(waiting.timer);
    if (error === undefined) waiting.resolve(result);
    else waiting.reject(Object.assign(new Error(reason), { code: error }));
  }

  /** Ends the worker, and everything that waits for it. */
  #end(reason) {
    this.#worker?.terminate();
    this.#worker = null;
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(Object.assign(new Error(reason), { code: "module" }));
    }
    this.#waiting.clear();
  }
}
