/* Drawings as bytes (H, W), row by row, 0 black to 255 white: shapes, strokes, transforms, and short text for an address. */

/** @typedef {{size: number[], background: number, pen: number}} Paper */

export const blank = ({ size: [height, width], background }) => new Uint8Array(height * width).fill(background);

/** Draws a line with a round pen between two points [row, column]; changes the drawing. */
export function stroke(drawing, { size: [height, width] }, [y1, x1], [y2, x2], shade, thickness) {
  const radius = thickness / 2, length = Math.hypot(y2 - y1, x2 - x1) || 1e-9;
  const [top, bottom] = [Math.min(y1, y2) - radius, Math.max(y1, y2) + radius].map(Math.round);
  const [left, right] = [Math.min(x1, x2) - radius, Math.max(x1, x2) + radius].map(Math.round);
  for (let y = Math.max(0, top); y <= Math.min(height - 1, bottom); y++) {
    for (let x = Math.max(0, left); x <= Math.min(width - 1, right); x++) {
      const along = Math.max(0, Math.min(1, ((y + 0.5 - y1) * (y2 - y1) + (x + 0.5 - x1) * (x2 - x1)) / length ** 2));
      const apart = Math.hypot(y + 0.5 - y1 - along * (y2 - y1), x + 0.5 - x1 - along * (x2 - x1));
      if (apart <= radius) drawing[y * width + x] = shade;
    }
  }
}

const arc = (from, to, steps = 48) => Array.from({ length: steps + 1 }, (_, k) => {
  const angle = from + ((to - from) * k) / steps;
  return [0.5 + 0.32 * Math.sin(angle), 0.5 + 0.32 * Math.cos(angle)];
});

/** Lines of points [row, column], as shares of the sides. */
export const SHAPES = {
  o: [arc(0, 2 * Math.PI)],
  x: [[[0.2, 0.2], [0.8, 0.8]], [[0.2, 0.8], [0.8, 0.2]]],
  half: [arc(Math.PI / 2, 1.5 * Math.PI)],
  triangle: [[[0.2, 0.5], [0.78, 0.84], [0.78, 0.16], [0.2, 0.5]]],
};

/** A shape drawn with the data's pen. */
export function shape(name, paper) {
  const drawing = blank(paper);
  for (const line of SHAPES[name]) {
    const points = line.map(([y, x]) => [y * paper.size[0], x * paper.size[1]]);
    points.slice(1).forEach((point, k) => stroke(drawing, paper, points[k], point, 255 - paper.background, paper.pen));
  }
  return drawing;
}

export const UNCHANGED = { right: 0, down: 0, turn: 0, scale: 100 }; // pixels, pixels, degrees, percent

/** The drawing scaled and turned about its middle, then shifted; the nearest pixel each, background from outside. */
export function transformed(drawing, { size: [height, width], background }, { right, down, turn, scale }) {
  const out = new Uint8Array(drawing.length), angle = (-turn * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)].map((each) => (each * 100) / scale), middle = [height / 2, width / 2];
  for (let y = 0, k = 0; y < height; y++) {
    for (let x = 0; x < width; x++, k++) {
      const [v, u] = [y + 0.5 - down - middle[0], x + 0.5 - right - middle[1]];
      const [row, column] = [Math.floor(middle[0] + sin * u + cos * v), Math.floor(middle[1] + cos * u - sin * v)];
      out[k] = row >= 0 && row < height && column >= 0 && column < width ? drawing[row * width + column] : background;
    }
  }
  return out;
}

/** A drawing of black and white as lengths of runs in turn, in base 32, low digits first, a hyphen before each but the last; else null. */
export function asText(drawing, { background }) {
  if (drawing.some((byte) => byte !== 0 && byte !== 255)) return null;
  const digits = "0123456789abcdefghijklmnopqrstuv";
  let text = "", shade = background, run = 0;
  const write = () => {
    let rest = run;
    for (; rest >= 32; rest = Math.floor(rest / 32)) text += `-${digits[rest % 32]}`; // low digits first, each announced
    text += digits[rest];
  };
  for (const byte of drawing) {
    if (byte === shade) run++;
    else [, run, shade] = [write(), 1, byte];
  }
  write();
  return text;
}

/** What `asText` wrote; null where it is not of this paper. */
export function fromText(text, paper) {
  if (!/^(-[0-9a-v])*[0-9a-v]((-[0-9a-v])*[0-9a-v])*$/.test(text)) return null;
  const drawing = blank(paper);
  let at = 0, shade = paper.background;
  for (const [run] of text.matchAll(/(-[0-9a-v])*[0-9a-v]/g)) {
    const length = [...run.replaceAll("-", "")].reduce((sum, digit, k) => sum + parseInt(digit, 32) * 32 ** k, 0);
    drawing.fill(shade, at, at + length);
    [at, shade] = [at + length, 255 - shade];
  }
  return at === drawing.length ? drawing : null;
}

/** An image file brought to the paper's size, grey (H, W); the whole of it, background around. @param {Blob} file */
export async function fromFile(file, { size: [height, width], background }) {
  const bitmap = await createImageBitmap(file), canvas = new OffscreenCanvas(width, height), context = canvas.getContext("2d");
  const scale = Math.min(width / bitmap.width, height / bitmap.height), [w, h] = [bitmap.width * scale, bitmap.height * scale];
  context.fillStyle = `rgb(${background}, ${background}, ${background})`;
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, (width - w) / 2, (height - h) / 2, w, h);
  const { data } = context.getImageData(0, 0, width, height);
  return Uint8Array.from({ length: width * height }, (_, k) => 0.299 * data[4 * k] + 0.587 * data[4 * k + 1] + 0.114 * data[4 * k + 2]);
}

/** Black below the threshold (0..255), white from it on. */
export const thresholded = (grey, threshold) => grey.map((byte) => (byte < threshold ? 0 : 255));
