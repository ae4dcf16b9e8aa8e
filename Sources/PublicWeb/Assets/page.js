import { Memory } from "./memory.js";
import { Outside } from "./outside.js";
import { Proof } from "./proof.js";
import { Reader } from "./reader.js";
import { View } from "./view.js";
import { Undone } from "./undone.js";

/** Checks in this browser what the server's page says about its code. */
const data = document.body.dataset;

// Without a module the page keeps its own sentence: not checked in this browser.
if (data.module !== undefined) {
  const view = new View(Proof.steps(data));
  try {
    const reader = await Reader.load(data.module, new Outside(data.log));
    await new Proof(data, reader, new Memory(), (name, finding) => view.report(name, finding)).run();
  } catch (error) {
    const note = error instanceof Undone ? error.code : "module";
    view.report("trust", { state: "undone", note, reason: String(error) });
  }
  view.finish();
}
