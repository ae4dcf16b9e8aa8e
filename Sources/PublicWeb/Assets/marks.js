import { words } from "./words.js";

/**
 * Says beside an event whether the log has it.
 *
 * @param {Element} item of the timeline.
 * @param {boolean} isProved
 */
export function showMark(item, isProved) {
  const mark = item.querySelector(".mark");
  if (mark === null) return;
  mark.dataset.mark = isProved ? "proved" : "failed";
  const word = document.createElement("strong");
  word.className = "checked";
  word.textContent = isProved ? words().mark.proved : words().mark.failed;
  if (isProved) {
    mark.append(" · ", word);
  } else {
    // The server's own tick would contradict the finding.
    mark.replaceChildren(word, " · ", ...mark.querySelectorAll("a"));
  }
}
