const pointers = "suishen-pointers";
const [consentedPath, newestPath] = ["/w/consented", "/w/newest"];

/**
 * The copy of this page on the phone.
 *
 * A newer version is kept beside it, and opened only when the holder has agreed: until then the worker gives the one that
 * was agreed to last, whichever worker the browser runs.
 */
export class Shell {
  /** @param {string} version of the page that runs. @param {() => void} onnews called when a newer one has come. */
  constructor(version, onnews) {
    Object.assign(this, { version, onnews, isNewer: false });
  }

  async begin() {
    if (!("serviceWorker" in navigator) || !("caches" in globalThis)) return;
    const policy = globalThis.trustedTypes?.createPolicy("wallet", {
      createScriptURL: (path) => {
        if (path !== "/w/sw.js") throw new TypeError(path);
        return path;
      },
    });
    const path = policy ? policy.createScriptURL("/w/sw.js") : "/w/sw.js";
    try {
      const registration = await navigator.serviceWorker.register(path, { scope: "/w/", updateViaCache: "none" });
      registration.addEventListener("updatefound", () => {
        registration.installing?.addEventListener("statechange", () => this.#look());
      });
    } catch {
      // Without a worker the wallet needs a network to open.
    }
    await this.#look();
  }

  /** Opens the newer version. */
  async update() {
    const cache = await caches.open(pointers);
    const newest = await read(cache, newestPath);
    await cache.put(consentedPath, new Response(newest));
    const registration = await navigator.serviceWorker.getRegistration("/w/");
    registration?.waiting?.postMessage("update");
    location.replace("/w/");
    location.reload();
  }

  async #look() {
    const cache = await caches.open(pointers);
    const newest = await read(cache, newestPath);
    const isNewer = newest !== "" && newest !== this.version && (await caches.has(`suishen-shell-${newest}`));
    if (isNewer === this.isNewer) return;
    this.isNewer = isNewer;
    this.onnews();
  }
}

async function read(cache, path) {
  return (await (await cache.match(path))?.text()) ?? "";
}
