/** The most pixels of a photo; a larger one is made smaller. */
const pixelCountMax = 24_000_000;

/**
 * The pixels of a picture's file.
 *
 * @param {Blob} file
 * @returns {Promise<{width: number, height: number, data: Uint8ClampedArray} | null>} in RGBA; null for no picture.
 */
export async function pixelsOf(file) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(file, { colorSpaceConversion: "none", premultiplyAlpha: "none" });
  } catch {
    return null;
  }
  const scale = Math.min(1, Math.sqrt(pixelCountMax / (bitmap.width * bitmap.height)));
  const width = Math.max(1, Math.floor(bitmap.width * scale));
  const height = Math.max(1, Math.floor(bitmap.height * scale));
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  // Transparent parts are paper.
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  return { width, height, data: context.getImageData(0, 0, width, height).data };
}
