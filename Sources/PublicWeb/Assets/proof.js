import { Undone } from "./undone.js";
import { bytesOfBase32 } from "./bytes.js";
import { fetchBytes, fetchFile } from "./fetching.js";
import { judged } from "./finding.js";
import { checkEvents } from "./events.js";
import { checkStatus, checkTrust, fetchRoot } from "./trust.js";

/** The most bytes of each file that a page reads. */
const byteCountMax = { code: 4096, checkpoint: 1 << 18 };

/** Refusals of a code by its life, which are no sign of a forgery. */
const lives = ["expired", "not_yet_valid"];

/** Runs the steps of a page's proof one after another. */
export class Proof {
  /**
   * @param {DOMStringMap} data the page's `data-` attributes.
   * @param {import("./reader.js").Reader} reader
   * @param {import("./memory.js").Memory} memory
   * @param {(step: string, finding: import("./finding.js").Finding) => void} report
   */
  constructor(data, reader, memory, report) {
    Object.assign(this, { data, reader, memory, report });
    this.now = () => String(Math.floor(Date.now() / 1000));
  }

  /** @returns {string[]} the steps of this page, in their order. */
  static steps(data) {
    const log = data.form === "enterprise" ? [] : ["checkpoint", "memory", "events"];
    return ["trust", "root", "code", "status", ...log];
  }

  async run() {
    const isTrusted = await this.#step("trust", () => this.#trust());
    if (!isTrusted) return this.#leave(["root", "code", "status", "checkpoint", "memory", "events"]);
    await this.#step("root", async () => this.#root());
    const isSigned = await this.#step("code", () => this.#code());
    if (!isSigned) return this.#leave(["status", "checkpoint", "memory", "events"]);
    await this.#step("status", () => this.#status());
    if (this.data.form === "enterprise") return;
    const hasLog = await this.#step("checkpoint", () => this.#checkpoint());
    if (!hasLog) return this.#leave(["memory", "events"]);
    await this.#step("memory", async () => this.#compare());
    await this.#step("events", () => checkEvents(this));
  }

  /** Runs one step and reports it; a step that throws has not passed. */
  async #step(name, body) {
    let finding;
    try {
      finding = await body();
    } catch (error) {
      finding = error instanceof Undone
        ? { state: "undone", note: error.code, reason: error.message }
        : { state: "undone", note: "module", reason: String(error) };
    }
    this.report(name, finding);
    return ["passed", "warned"].includes(finding.state);
  }

  #leave(names) {
    const own = Proof.steps(this.data);
    for (const name of names.filter((name) => own.includes(name))) {
      this.report(name, { state: "undone", note: "before" });
    }
  }

  async #trust() {
    const { key, digest } = await fetchRoot(this.data.root);
    this.rootDigest = digest;
    if (digest !== this.data.rootDigest) return { state: "failed", note: "root_differs" };
    const paths = { roots: this.data.roots, bundle: this.data.trust };
    return judged(await checkTrust(this.reader, key, this.now(), paths));
  }

  #root() {
    const name = "root";
    const known = this.memory.read(name);
    if (known !== null && known !== this.rootDigest) return { state: "warned", note: "rootChanged" };
    this.memory.write(name, this.rootDigest);
    if (known !== null) return { state: "passed" };
    return this.memory.isKept ? { state: "passed", note: "rootFirst" } : { state: "skipped", note: "isolated" };
  }

  async #code() {
    const bytes = await fetchFile(`${this.data.code}?linkType=cwt`, byteCountMax.code);
    const letter = this.data.form === "enterprise" ? "E" : "O";
    const named = bytesOfBase32(this.data.code.split("/")[2]);
    if (named === null || !isSame(bytes, named)) return { state: "failed", note: "contrary" };
    const claims = await this.reader.run("code", [bytes, letter, this.now()]);
    if (lives.includes(claims.error)) return { state: "refused", note: claims.error, reason: claims.reason };
    if (claims.error) return judged(claims);
    this.claims = claims;
    const shown = document.getElementById("facts")?.textContent ?? "";
    const signed = [claims.id, claims.manager, claims.name, claims.uscc].filter((text) => text !== undefined);
    return signed.every((text) => shown.includes(text)) ? { state: "passed" } : { state: "failed", note: "contrary" };
  }

  async #status() {
    const answer = await checkStatus(this.reader, this.claims.lists ?? [], this.now(), this.data.hot);
    if (answer.error) return { state: "undone", note: answer.error, reason: answer.reason };
    // As the server writes times: by the clock in Shanghai, in a form that Swedish shares.
    const time = new Date(Number(answer.asOf) * 1000).toLocaleString("sv-SE", { timeZone: "Asia/Shanghai" });
    return { state: answer.revoked ? "revoked" : "passed", note: "asOf", argument: time.slice(0, 16) };
  }

  async #checkpoint() {
    const bytes = await fetchBytes(this.data.checkpoint, byteCountMax.checkpoint);
    if (bytes === null) return { state: "skipped", note: "noLog" };
    this.checkpointText = new TextDecoder().decode(bytes);
    const remembered = this.memory.read(logName(this.checkpointText)) ?? "";
    this.checkpoint = await this.reader.run("checkpoint", [bytes, remembered]);
    if (this.checkpoint.error) return judged(this.checkpoint);
    const count = this.checkpoint.otherSignatures;
    return count > 0 ? { state: "passed", note: "witnesses", argument: count } : { state: "passed" };
  }

  #compare() {
    const { memory } = this.checkpoint;
    if (memory === "forked") return { state: "failed", note: "forked" };
    if (memory === "older") return { state: "warned", note: "older" };
    if (memory !== "same") this.memory.write(logName(this.checkpointText), this.checkpointText);
    if (memory !== "first") return { state: "passed" };
    return this.memory.isKept ? { state: "passed", note: "first" } : { state: "skipped", note: "isolated" };
  }
}

/** The name under which a log's checkpoint is remembered; its first line is the log's origin. */
function logName(checkpoint) {
  return `log.${checkpoint.split("\n", 1)[0]}`;
}

function isSame(left, right) {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}
