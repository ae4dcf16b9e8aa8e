const shapes = {
  person: ["M12 12a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9Z", "M3.5 21c1-4.5 4.5-6 8.5-6s7.5 1.5 8.5 6"],
  family: ["M8.5 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Z", "M2.5 20c.5-4 3-5.5 6-5.5s5.5 1.5 6 5.5",
    "M16.5 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z", "M17 15c2.5 0 4 1.5 4.5 4.5"],
  good: ["M12 2.5 20 5.5v6c0 5-3.4 8.4-8 10-4.6-1.6-8-5-8-10v-6Z", "m8.2 12 2.7 2.7 5-5.4"],
  bad: ["M8 2.5h8l5.5 5.5v8L16 21.5H8L2.5 16V8Z", "m8.5 8.5 7 7m0-7-7 7"],
  loading: ["M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z", "M12 7v5l3 2"],
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
