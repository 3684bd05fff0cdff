/* The maps of one step as tiles of one picture, and which value lies where. */

const MOST = 3; // maps in a row
const GAP = 2; // pixels between maps

/** Draws pixels (H, W) on a picture of the widget. @param {import("./engine/pixels.js").Pixels} drawing */
export function drawPixels(widget, name, drawing, [height, width]) {
  const context = widget.context(name), { canvas } = context;
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  const image = context.createImageData(width, height), pixels = new Uint32Array(image.data.buffer);
  const grey = drawing instanceof Uint8Array; // a canvas has blue in the high bits
  for (let k = 0; k < drawing.length; k++) {
    const pixel = grey ? drawing[k] * 0x010101 : drawing[k];
    pixels[k] = 0xff000000 | ((pixel & 255) << 16) | (pixel & 0xff00) | (pixel >> 16);
  }
  context.putImageData(image, 0, 0);
}

/** How the maps of a step lie. @param {number[]} shape (C, H, W) or (F) */
export function layout([channels, height, width], name) {
  if (height === undefined) { // dense: cells row by row
    const columns = name === "logits" || channels < 12 ? channels : Math.ceil(Math.sqrt(channels * 3));
    return { columns, rows: Math.ceil(channels / columns), height: 1, width: 1, gap: 0, channels, dense: true };
  }
  const rows = Math.ceil(channels / MOST), columns = Math.ceil(channels / rows);
  return { columns, rows, height, width, gap: GAP, channels };
}

/** Top left pixel of a value's tile plus its place in it. @param {number[]} place [channel, row, column] or [unit] */
export function pixelOf({ columns, height, width, gap }, [channel, row = 0, column = 0]) {
  return [Math.floor(channel / columns) * (height + gap) + row, (channel % columns) * (width + gap) + column];
}

/** The value at a pixel; null between tiles. @returns {number[] | null} */
export function placeAt({ columns, height, width, gap, channels, dense }, y, x) {
  const [row, column] = [Math.floor(y / (height + gap)), Math.floor(x / (width + gap))], channel = row * columns + column;
  const [down, across] = [Math.floor(y - row * (height + gap)), Math.floor(x - column * (width + gap))];
  if (column >= columns || channel >= channels || channel < 0 || down >= height || across >= width || down < 0 || across < 0) return null;
  return dense ? [channel] : [channel, down, across];
}

const SHADES = 256; // of the scale, and one

/** Draws the values of a step on a picture of the widget, on one scale. @returns {number} the value at the scale's end */
export function drawTiles(widget, name, { shape, values, name: step }) {
  const tiles = layout(shape, step), high = tiles.rows * (tiles.height + tiles.gap) - tiles.gap;
  const wide = tiles.columns * (tiles.width + tiles.gap) - tiles.gap;
  let limit = 0;
  for (let k = 0; k < values.length; k++) limit = Math.max(limit, Math.abs(values[k]));
  limit ||= 1;
  const context = widget.context(name), { canvas } = context;
  if (canvas.width !== wide || canvas.height !== high) [canvas.width, canvas.height] = [wide, high];
  const image = context.createImageData(wide, high), pixels = new Uint32Array(image.data.buffer);
  const colors = Uint32Array.from({ length: SHADES + 1 }, (_, k) => {
    const [red, green, blue] = widget.color((2 * k) / SHADES - 1);
    return 0xff000000 | (blue << 16) | (green << 8) | red;
  });
  for (let channel = 0, k = 0; channel < tiles.channels; channel++) {
    const [top, left] = pixelOf(tiles, [channel]);
    for (let y = top; y < top + tiles.height; y++) {
      const end = y * wide + left + tiles.width;
      for (let at = end - tiles.width; at < end; at++, k++) pixels[at] = colors[Math.round((SHADES / 2) * (1 + values[k] / limit))];
    }
  }
  context.putImageData(image, 0, 0);
  return limit;
}
