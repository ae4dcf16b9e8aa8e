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

const shapes = {
  person: ["M12 12a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9Z", "M3.5 21c1-4.5 4.5-6 8.5-6s7.5 1.5 8.5 6"],
  family: ["M8.5 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Z", "M2.5 20c.5-4 3-5.5 6-5.5s5.5 1.5 6 5.5",
    "M16.5 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z", "M17 15c2.5 0 4 1.5 4.5 4.5"],
  good: ["M12 2.5 20 5.5v6c0 5-3.4 8.4-8 10-4.6-1.6-8-5-8-10v-6Z", "m8.2 12 2.7 2.7 5-5.4"],
  bad: ["M8 2.5h8l5.5 5.5v8L16 21.5H8L2.5 16V8Z", "m8.5 8.5 7 7m0-7-7 7"],
  open: ["M12 3 22 20.5H2Z", "M12 9.5v5m0 3v.1"],
};

/** A drawing beside words that say the same. @param {keyof typeof shapes} name */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const attributes = {
    viewBox: "0 0 24 24", "aria-hidden": "true", fill: "none", stroke: "currentColor", "stroke-width": "2.2",
    "stroke-linecap": "round", "stroke-linejoin": "round",
  };
  for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, value);
  for (const shape of shapes[name]) {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", shape);
    svg.append(path);
  }
  return svg;
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
