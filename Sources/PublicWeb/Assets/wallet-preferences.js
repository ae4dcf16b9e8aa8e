import { Choices } from "./choices.js";

/** The holder's choices, and what must be known before the database is open. */
export class Preferences extends Choices {
  constructor() {
    super("suishen.wallet.");
  }

  /** Whether the time left is not shown. */
  get hidesSeconds() {
    return this.read("seconds") === "hidden";
  }

  set hidesSeconds(value) {
    this.write("seconds", value ? "hidden" : "shown");
  }

  /** Whether this browser has had codes: without them now, their storage was deleted. */
  get hadCodes() {
    return this.read("had") === "yes";
  }

  set hadCodes(value) {
    this.write("had", value ? "yes" : "no");
  }

  /** The digest of the root that this phone saw first; empty before. */
  get root() {
    return this.read("root") ?? "";
  }

  set root(value) {
    this.write("root", value);
  }
}
