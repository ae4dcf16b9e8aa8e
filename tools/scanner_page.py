"""A page in Chromium for tools/scanner-test, with the scanner in a worker and another one in the page."""
import http.server
import os
import re
import threading
import urllib.parse

PAGE = """
import { Scanner } from "./scanner.js";
import { textIn } from "./character-sets.js";

const worker = new Worker("/scanner-worker.js", { type: "module" });
const waiting = new Map();
let last = 0;
worker.addEventListener("message", ({ data }) => {
  waiting.get(data.id)(data);
  waiting.delete(data.id);
});
function ask(message) {
  last += 1;
  return new Promise((resolve) => {
    waiting.set(last, resolve);
    worker.postMessage({ ...message, id: last });
  });
}
async function bytesAt(path) {
  return new Uint8Array(await (await fetch(path)).arrayBuffer());
}
/** The pixels as the browser decodes a picture. */
async function canvas(path) {
  const bitmap = await createImageBitmap(await (await fetch(path)).blob());
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, bitmap.width, bitmap.height);
}
const module = await WebAssembly.compile(await bytesAt("/scanner.wasm"));
const { exports } = await WebAssembly.instantiate(module, { page: { now: () => performance.now() } });
const scanner = await Scanner.load("/scanner.wasm");
function raw(step, input) {
  const place = exports.reserve(input.length) >>> 0;
  new Uint8Array(exports.memory.buffer).set(input, place);
  exports.run(step);
  const start = exports.output() >>> 0;
  const output = new Uint8Array(exports.memory.buffer).slice(start, start + exports.outputByteCount());
  return JSON.parse(new TextDecoder().decode(output));
}
const loaded = await ask({ kind: "load", path: "/scanner.wasm" });
Object.assign(globalThis, { ask, bytesAt, canvas, module, raw, scanner, exports, textIn, loaded });
"""
TYPES = {".js": "text/javascript", ".wasm": "application/wasm", ".html": "text/html", ".png": "image/png"}


class Page:
    """The page, its server, and the violations and errors that it reported."""

    def __init__(self, chromium, root, module):
        self.reports = []
        assets = os.path.join(root, "Sources/PublicWeb/Assets")
        with open(os.path.join(root, "Sources/PublicWeb/HTTP/SecurityFields.swift"), encoding="utf-8") as file:
            # A worker has the policy of its own answer.
            policy = re.search(r'policy = "([^"]*wasm-unsafe-eval[^"]*)"', file.read())[1]
        files = {"/": "<!doctype html><title>scanner</title>".encode(), "/page.js": PAGE.encode(), "/favicon.ico": b""}

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                path = urllib.parse.unquote(self.path)
                if path == "/scanner.wasm":
                    path = module
                elif path.endswith(".js") and path not in files:
                    path = os.path.join(assets, os.path.basename(path))
                content = files.get(path)
                if content is None:
                    with open(path, "rb") as file:
                        content = file.read()
                self.send_response(200)
                self.send_header("Content-Type", TYPES.get(os.path.splitext(path)[1], "text/html"))
                self.send_header("Content-Security-Policy", policy if path.endswith(".js") else "")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.page = chromium.new_page()
        self.page.on("console", lambda message: message.type == "error" and self.reports.append(message.text))
        self.page.on("pageerror", lambda error: self.reports.append(str(error)))

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.page.goto(f"http://127.0.0.1:{self.server.server_port}/")
        self.page.set_default_timeout(600_000)
        self.page.add_script_tag(type="module", url="/page.js")
        self.page.wait_for_function("globalThis.loaded !== undefined")
        return self

    def __exit__(self, *_):
        self.server.shutdown()

    def evaluate(self, script, *arguments):
        return self.page.evaluate(script, list(arguments))

    def about(self):
        return self.page.evaluate("""() => ({
            imports: WebAssembly.Module.imports(module).map((entry) => `${entry.module}.${entry.name}`),
            exports: Object.keys(exports).sort() })""")

    def picture(self, picture):
        """The lines that the worker answers for a picture's pixels."""
        answer = self.evaluate("""async ([path, width, height]) =>
            ask({ kind: "picture", width, height, bytes: await bytesAt(path) })""",
                               picture.pixels_path, picture.width, picture.height)
        return answer.get("result", answer)

    def decoded(self, picture):
        """The lines for a picture that the browser decodes."""
        answer = self.evaluate("""async ([path]) => {
            const { width, height, data } = await canvas(path);
            return ask({ kind: "picture", width, height, bytes: data }); }""", picture.path)
        return answer.get("result", answer)

    def reset(self, *budget):
        self.evaluate("([budget]) => ask({ kind: 'reset', budgetMilliseconds: budget })", *budget)

    def frame(self, frame, is_colour=False, **about):
        answer = self.evaluate("""async ([grey, isColour, about]) => {
            const { width, height, data } = await canvas(grey);
            const bytes = isColour ? data : data.filter((_, index) => index % 4 === 0);
            return ask({ kind: "frame", width, height, bytes, ...about }); }""", frame.path, is_colour, about)
        return answer.get("result", answer)

    def error(self, width, height, count):
        return self.evaluate("""async ([width, height, count]) => (await ask({ kind: "picture", width, height,
            bytes: new Uint8Array(count) })).error""", width, height, count)

    def small(self, width, height):
        return self.evaluate("""async ([width, height]) => (await ask({ kind: "picture", width, height,
            bytes: new Uint8Array(width * height * 4) })).result""", width, height)

    def raw(self, step, content):
        return self.evaluate("([step, content]) => raw(step, Uint8Array.from(content))", step, list(content))

    def texts(self, name, count, numbers=None):
        """The texts of characters of `count` bytes, all or these, in a character set; null where they are not valid."""
        return self.evaluate("""([name, count, numbers]) => {
            const text = (number) => textIn(Uint8Array.from({ length: count },
                (_, place) => Math.floor(number / 256 ** (count - 1 - place)) % 256), name);
            return numbers ? numbers.map(text) : Array.from({ length: 256 ** count }, (_, number) => text(number));
        }""", name, count, numbers)

    def measure(self, path, count, is_colour, rate):
        """The median milliseconds of a frame in the page's own thread, the only one that Chromium slows down."""
        session = self.page.context.new_cdp_session(self.page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": rate})
        time = self.evaluate("""async ([path, count, isColour]) => {
            const { width, height, data } = await canvas(path);
            const bytes = isColour ? data : data.filter((_, index) => index % 4 === 0);
            scanner.reset();
            const times = [];
            for (let index = 0; index < count; index += 1) {
              const start = performance.now();
              scanner.frame(width, height, bytes);
              times.push(performance.now() - start);
            }
            return times.sort((first, second) => first - second)[count >> 1];
        }""", path, count, is_colour)
        session.send("Emulation.setCPUThrottlingRate", {"rate": 1})
        return time
