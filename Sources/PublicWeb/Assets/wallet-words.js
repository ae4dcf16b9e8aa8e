import { chinese } from "./wallet-chinese.js";
import { english } from "./wallet-english.js";

/** @param {"zh" | "en"} language */
export function wordsOf(language) {
  return language === "zh" ? chinese : english;
}

/** A time for people, by the phone's own zone. @param {number} seconds */
export function timeText(seconds) {
  // Swedish writes times as ISO 8601 does.
  return new Date(seconds * 1000).toLocaleString("sv-SE").slice(0, 16);
}
