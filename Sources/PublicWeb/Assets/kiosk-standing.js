import { icon } from "./icon.js";
import { make, notice } from "./dom.js";
import { tones } from "./gate-frame.js";

/**
 * How the gate stands.
 *
 * @param {any} standing the answer of `/state`.
 * @param {import('./gate-chinese.js').chinese} words
 * @returns {Node[]}
 */
export function standingList(standing, words) {
  const own = words.standing;
  const { bundleVersion, ageSeconds, stale } = standing.trust;
  const nodes = [];
  if (standing.closed) {
    nodes.push(notice("bad", standing.closed,
      { title: own.closed, detail: words.codes[standing.closed] ?? words.codes.other }));
  }
  const warnings = sentences(standing, stale, own);
  nodes.push(make("h2", {}, own.heading), make("dl", {},
    make("dt", {}, own.scene), make("dd", {}, make("code", {}, standing.scene)),
    make("dt", {}, own.bundleName), make("dd", {}, own.bundle(bundleVersion, age(ageSeconds, own.ages))),
    warnings.length > 0 && make("dt", {}, own.warnings),
    warnings.length > 0 && make("dd", {}, ...warnings.map((sentence) => make("p", {}, sentence)))));
  return nodes;
}

function sentences(standing, isStale, own) {
  return [
    isStale && own.stale, !standing.hasKeys && own.keys, standing.isRecording && own.recording,
    ...standing.warnings.map((warning) => make("code", {}, warning)),
  ].filter(Boolean);
}

/**
 * The last verdicts, newest first; nothing in them is about a person.
 *
 * @param {{at: number, verdict: string, code: string, form?: string}[]} verdicts oldest first.
 * @param {import('./gate-chinese.js').chinese} words
 * @returns {Node[]}
 */
export function recentList(verdicts, words) {
  const { recent, outcomes } = words;
  if (verdicts.length === 0) return [make("h2", {}, recent.heading), make("p", { class: "quiet" }, recent.empty)];
  return [
    make("h2", {}, recent.heading),
    make("ol", { class: "recent", reversed: true }, ...[...verdicts].reverse().map(({ at, verdict, code, form }) =>
      make("li", { class: tones[verdict] ?? "open" }, icon(tones[verdict] ?? "open"),
        make("time", {}, new Date(at * 1000).toLocaleTimeString("sv-SE")),
        make("strong", {}, outcomes[verdict] ?? outcomes.undecided),
        make("span", {}, recent.form[form ?? "none"] ?? recent.form.none), make("code", {}, code)))),
  ];
}

function age(seconds, ages) {
  if (seconds < 60) return ages.now;
  if (seconds < 3600) return ages.minutes(Math.floor(seconds / 60));
  if (seconds < 2 * 86_400) return ages.hours(Math.floor(seconds / 3600));
  return ages.days(Math.floor(seconds / 86_400));
}
