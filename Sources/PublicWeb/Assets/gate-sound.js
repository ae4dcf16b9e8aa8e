/** Of each outcome, tones that nobody mistakes: their pitches in hertz and their lengths in seconds. */
const tones = {
  accept: { kind: "sine", notes: [[880, 0.09], [1320, 0.16]] },
  reject: { kind: "square", notes: [[196, 0.25], [0, 0.06], [196, 0.25]] },
  undecided: { kind: "triangle", notes: [[523, 0.12], [0, 0.06], [523, 0.12], [0, 0.06], [523, 0.12]] },
};
const loudness = 0.35;
/** In which a tone rises and falls, so that it does not click, in seconds. */
const slope = 0.008;

/** The sounds of a gate. A browser lets a page sound only after its user has touched it, unless its policy says otherwise. */
export class Sound {
  #context = globalThis.AudioContext ? new AudioContext() : null;

  get isOn() {
    return this.#context?.state === "running";
  }

  /** Turns the sound on, in a handler of a key or a press. */
  async allow() {
    await this.#context?.resume();
  }

  /** @param {"accept" | "reject" | "undecided"} outcome */
  play(outcome) {
    if (this.#context === null || !this.isOn) return;
    const { kind, notes } = tones[outcome];
    let time = this.#context.currentTime;
    for (const [pitch, seconds] of notes) {
      if (pitch > 0) this.#tone(kind, pitch, time, seconds);
      time += seconds;
    }
  }

  #tone(kind, pitch, time, seconds) {
    const source = new OscillatorNode(this.#context, { type: kind, frequency: pitch });
    const gain = new GainNode(this.#context, { gain: 0 });
    gain.gain.setValueAtTime(0, time);
    gain.gain.linearRampToValueAtTime(loudness, time + slope);
    gain.gain.setValueAtTime(loudness, time + seconds - slope);
    gain.gain.linearRampToValueAtTime(0, time + seconds);
    source.connect(gain).connect(this.#context.destination);
    source.start(time);
    source.stop(time + seconds);
  }
}
