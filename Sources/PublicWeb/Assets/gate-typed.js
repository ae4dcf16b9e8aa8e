/** A hand scanner types faster than this between two keys, in milliseconds. */
const gapMilliseconds = 100;
/** The fewest characters of a scan; a person who presses a key or two has not scanned. */
const characterCountMin = 8;
const characterCountMax = 4096;

/**
 * Listens to a hand scanner. It types a code's text and then Enter; the page takes both wherever the focus is.
 *
 * @param {(text: string) => void} take
 */
export function listenToScanner(take) {
  let text = "";
  let at = 0;
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    // A field takes its own keys; its form sends them.
    if (event.target instanceof Element && event.target.closest("input, textarea")) return;
    const now = performance.now();
    if (now - at > gapMilliseconds) text = "";
    at = now;
    if (event.key === "Enter" && text.length >= characterCountMin) {
      // Otherwise a button that has the focus is pressed too.
      event.preventDefault();
      take(text);
      text = "";
    } else if (event.key.length === 1 && text.length < characterCountMax) {
      text += event.key;
      if (text.length > 1 && event.key === " ") event.preventDefault();
    }
  }, { capture: true });
}
