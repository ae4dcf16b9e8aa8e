/** Lets the browser paint before it loads the wallet; then all scripts are asked for at once. */
function begin() {
  for (const path of document.body.dataset.scripts.split(" ")) {
    const link = document.createElement("link");
    link.rel = "modulepreload";
    link.href = path;
    document.head.append(link);
  }
  import("./wallet.js");
}

// The frame's own work is over in the task after it. A page that is not shown paints nothing.
if (document.visibilityState === "visible") requestAnimationFrame(() => setTimeout(begin));
else begin();
