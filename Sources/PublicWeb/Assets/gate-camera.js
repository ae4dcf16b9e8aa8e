/** How long a camera may give no new picture, or the same one, in milliseconds. */
const patienceMilliseconds = 3000;
/** How often that is looked at, and a lost camera is opened again, in milliseconds. */
const watchMilliseconds = 500;
const reopenMilliseconds = 2000;
/** Of so many pixels, one counts for the digest of a picture. */
const pixelStep = 61;

/** Why a camera cannot be opened, by the browser's names of errors. */
const refusals = {
  NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "absent", OverconstrainedError: "absent",
  NotReadableError: "busy", AbortError: "busy",
};

/**
 * The camera of a gate: it gives one picture after another, says when it hangs, and opens itself again.
 *
 * Its states: `closed`, `asking` (the browser asks for consent, or the camera starts), `running`, `hung` (no new
 * picture), `frozen` (the same picture again and again), and `denied`, `absent`, `busy`, `unsupported`.
 */
export class Camera {
  /** @type {(state: string) => void} */
  onstate = () => {};
  state = "closed";
  #video;
  #canvas = document.createElement("canvas");
  #context = this.#canvas.getContext("2d", { willReadFrequently: true });
  /** Gets the next picture, if one waits for it. */
  #wake = () => {};
  #isNew = false;
  #frameAt = 0;
  #changeAt = 0;
  #digest = 0;
  #opening = 0;
  #openedAt = 0;

  /** @param {HTMLVideoElement} video shows what the camera sees. */
  constructor(video) {
    this.#video = video;
    setInterval(() => this.#watch(), watchMilliseconds);
    navigator.mediaDevices?.addEventListener?.("devicechange", () => {
      if (["absent", "busy", "hung"].includes(this.state)) this.open();
    });
  }

  /** Whether a new picture is there already. */
  get isWaiting() {
    return this.#isNew;
  }

  /** Opens the camera, or opens it again. */
  async open() {
    const opening = this.#opening += 1;
    this.#openedAt = performance.now();
    this.#stop();
    if (!navigator.mediaDevices?.getUserMedia) return this.#become("unsupported");
    this.#become("asking");
    try {
      const stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { width: { ideal: 1280 }, height: { ideal: 720 }, facingMode: { ideal: "environment" } },
      });
      if (opening !== this.#opening) return stream.getTracks().forEach((track) => track.stop());
      this.#video.srcObject = stream;
      await this.#video.play();
      this.#frameAt = this.#changeAt = performance.now();
      this.#become("running");
      this.#follow(opening);
    } catch (error) {
      if (opening === this.#opening) this.#become(refusals[error.name] ?? "busy");
    }
  }

  /** @returns {Promise<{width: number, height: number, data: Uint8ClampedArray}>} the next new picture, in RGBA. */
  async next() {
    while (!this.#isNew) await new Promise((resolve) => { this.#wake = resolve; });
    this.#isNew = false;
    const { videoWidth: width, videoHeight: height } = this.#video;
    if (width === 0 || height === 0) return this.next();
    if (this.#canvas.width !== width || this.#canvas.height !== height) Object.assign(this.#canvas, { width, height });
    this.#context.drawImage(this.#video, 0, 0, width, height);
    const { data } = this.#context.getImageData(0, 0, width, height);
    this.#note(data);
    return { width, height, data };
  }

  /** Asks the browser to tell of each new picture. */
  #follow(opening) {
    const told = () => {
      if (opening !== this.#opening) return;
      this.#frameAt = performance.now();
      this.#isNew = true;
      this.#wake();
      ask();
    };
    let time = -1;
    const look = () => {
      if (opening !== this.#opening) return;
      if (this.#video.currentTime === time) return void requestAnimationFrame(look);
      time = this.#video.currentTime;
      told();
    };
    const ask = () => {
      if (this.#video.requestVideoFrameCallback) this.#video.requestVideoFrameCallback(told);
      else requestAnimationFrame(look);
    };
    ask();
  }

  /** Compares a picture with the one before; no real camera gives the same one twice. */
  #note(data) {
    const words = new Uint32Array(data.buffer, data.byteOffset, data.byteLength >> 2);
    let digest = words.length;
    for (let place = 0; place < words.length; place += pixelStep) digest = Math.imul(digest ^ words[place], 16777619);
    if (digest !== this.#digest) this.#changeAt = performance.now();
    this.#digest = digest;
  }

  #watch() {
    const now = performance.now();
    if (document.hidden) this.#frameAt = this.#changeAt = now;
    const isLong = (since) => now - since > patienceMilliseconds;
    switch (this.state) {
      case "asking":
        this.#isAllowed().then((isAllowed) => {
          if (isAllowed && this.state === "asking" && isLong(this.#openedAt)) this.#become("hung");
        });
        break;
      case "running":
      case "frozen":
        if (this.#video.srcObject?.getVideoTracks().some((track) => track.readyState === "ended")) this.open();
        else if (isLong(this.#frameAt)) this.#become("hung");
        else this.#become(isLong(this.#changeAt) ? "frozen" : "running");
        break;
      case "hung":
      case "busy":
      case "absent":
        if (now - this.#openedAt > patienceMilliseconds + reopenMilliseconds) this.#reopen();
        break;
    }
  }

  /** Opens the camera again; what is said stays until it runs. */
  async #reopen() {
    const { state } = this;
    const say = this.onstate;
    this.onstate = (next) => {
      if (next !== "asking" && next !== state) say(next);
    };
    await this.open();
    this.onstate = say;
  }

  /** Whether the browser waits for no consent; where it does not say, it may. */
  async #isAllowed() {
    try {
      return (await navigator.permissions.query({ name: "camera" })).state === "granted";
    } catch {
      return false;
    }
  }

  #stop() {
    this.#video.srcObject?.getTracks().forEach((track) => track.stop());
    this.#video.srcObject = null;
    this.#isNew = false;
  }

  #become(state) {
    if (this.state === state) return;
    this.state = state;
    this.onstate(state);
  }
}
