import { icon } from "./icon.js";

/**
 * Makes an element; text is never read as markup.
 *
 * @param {string} tag
 * @param {Record<string, unknown>} attributes `on…` members are handlers, `class` and others attributes; false and
 *   undefined leave one out, true sets one without a value.
 * @param {...(Node | string | null | undefined | false)} content
 * @returns {any}
 */
export function make(tag, attributes = {}, ...content) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false || value === null) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...content.filter((piece) => piece !== null && piece !== undefined && piece !== false));
  return element;
}

/**
 * A box that says what is so and what to do.
 *
 * @param {"good" | "bad" | "open"} tone
 * @param {string} name for tests and style.
 * @param {{title: string, detail?: string}} words
 * @param {...Node} more such as a button.
 */
export function notice(tone, name, words, ...more) {
  return make("section", { class: `banner ${tone}`, "data-notice": name }, icon(tone),
    make("div", {}, make("strong", {}, words.title), words.detail && make("p", {}, words.detail), ...more));
}

/** @param {string} words @param {() => void} act @param {Record<string, unknown>} more */
export function button(words, act, more = {}) {
  return make("button", { type: "button", onclick: act, ...more }, words);
}
