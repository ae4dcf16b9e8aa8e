import { chinese } from "./chinese.js";
import { english } from "./english.js";

/** The words in the page's language. */
export function words() {
  return document.documentElement.lang.startsWith("zh") ? chinese : english;
}
