/** The quiet zone of a symbol (ISO/IEC 18004), in modules on each side. */
const quiet = 4;
/** The least width of a module, in CSS pixels. */
const moduleMin = 3;
const [light, dark] = [0xffffffff, 0xff000000];

/**
 * Draws a symbol, dark on white with its quiet zone, each module of whole device pixels.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {{size: number, modules: Uint8Array}} symbol
 * @param {number} room the width to fill, in CSS pixels.
 */
export function draw(canvas, symbol, room) {
  const count = symbol.size + 2 * quiet;
  const small = new OffscreenCanvas(count, count);
  const image = new ImageData(count, count);
  const pixels = new Uint32Array(image.data.buffer).fill(light);
  for (let row = 0; row < symbol.size; row += 1) {
    for (let column = 0; column < symbol.size; column += 1) {
      if (symbol.modules[row * symbol.size + column] === 1) {
        pixels[(row + quiet) * count + column + quiet] = dark;
      }
    }
  }
  small.getContext("2d").putImageData(image, 0, 0);
  const ratio = globalThis.devicePixelRatio || 1;
  const scale = Math.max(Math.ceil(moduleMin * ratio), Math.floor((room * ratio) / count));
  const side = count * scale;
  if (canvas.width !== side) [canvas.width, canvas.height] = [side, side];
  canvas.style.width = canvas.style.height = `${side / ratio}px`;
  const context = canvas.getContext("2d", { alpha: false });
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, side, side);
}
