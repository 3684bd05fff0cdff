/* Drawings, pixels (H, W) row by row: shapes, strokes, transforms, and text for an address. */

import { likewise, parts } from "./engine/pixels.js";

/** @typedef {import("./engine/pixels.js").Pixels} Pixels */
/** @typedef {{size: number[], channels: number, background: number, ink: number, pen: number}} Paper  ink is the pen's pixel at first */

/** @param {Paper} paper @returns {Pixels} */
export const blank = ({ size: [height, width], channels, background }) =>
  new (channels === 1 ? Uint8Array : Uint32Array)(height * width).fill(background);

/** The paper of a data set: its pen is black on light ground and white on dark. @returns {Paper} */
export function paperOf({ size, channels, background, pen }) {
  const light = channels === 1 ? background > 127 : parts(background).reduce((a, b) => a + b) > 3 * 127;
  return { size, channels, background, pen, ink: light ? 0 : channels === 1 ? 255 : 0xffffff };
}

/** A pixel of a digit, or in colour three, of 16 shades each. */
export const ofDigits = (shades, channels) =>
  (channels === 1 ? 17 * shades : (shades & 0xf00) * 0x1100 | (shades & 0xf0) * 0x110 | (shades & 0xf) * 0x11);

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
    points.slice(1).forEach((point, k) => stroke(drawing, paper, points[k], point, paper.ink, paper.pen));
  }
  return drawing;
}

export const UNCHANGED = { right: 0, down: 0, turn: 0, scale: 100 }; // pixels, pixels, degrees, percent

/** The drawing scaled and turned about its middle, then shifted; the nearest pixel each, background from outside. */
export function transformed(drawing, { size: [height, width], background }, { right, down, turn, scale }) {
  const out = likewise(drawing, drawing.length), angle = (-turn * Math.PI) / 180;
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

const DIGITS = "0123456789abcdefghijklmnopqrstuv"; // of base 32; of a number the low ones come first, a hyphen before each but the last
const NUMBER = "(?:-[0-9a-v])*[0-9a-v]";
const LONGEST = 2 ** 16; // characters: what every browser takes in an address

function written(number) {
  let text = "";
  for (; number >= 32; number = Math.floor(number / 32)) text += `-${DIGITS[number % 32]}`;
  return text + DIGITS[number];
}

const readNumber = (text) => [...text.replaceAll("-", "")].reduce((sum, digit, k) => sum + parseInt(digit, 32) * 32 ** k, 0);

/** The lengths of runs of one pixel each, row by row. @param {Pixels} drawing @returns {[number, number][]} pixel and length */
function runsOf(drawing) {
  const runs = [];
  for (const pixel of drawing) {
    if (runs.at(-1)?.[0] === pixel) runs.at(-1)[1]++;
    else runs.push([pixel, 1]);
  }
  return runs;
}

/**
 * A drawing as text; null where it has more than 32 shades or is too long. With ground and ink alone, r and the lengths of runs in
 * turn, of ground first; else c, the shades in hex, _, and for each run the place of its shade, a digit, and its length.
 * @param {Pixels} drawing @param {Paper} paper
 */
export function asText(drawing, { background, ink }) {
  const runs = runsOf(drawing), shades = [...new Set(runs.map(([pixel]) => pixel))];
  const lengths = runs.map(([, length]) => written(length));
  const plain = shades.every((shade) => shade === background || shade === ink);
  if (!plain && shades.length > DIGITS.length) return null;
  const text = plain
    ? `r${runs[0][0] === background ? "" : "0"}${lengths.join("")}`
    : `c${shades.map((shade) => shade.toString(16)).join(".")}_${runs.map(([pixel], k) => DIGITS[shades.indexOf(pixel)] + lengths[k]).join("")}`;
  return text.length > LONGEST ? null : text;
}

/** What `asText` wrote; null where it is not of this paper. @returns {Pixels | null} */
export function fromText(text, paper) {
  const drawing = blank(paper), most = paper.channels === 1 ? 255 : 0xffffff;
  const [, named, coded] = text.match(/^c([0-9a-f.]+)_(.*)$/) ?? [], shades = named?.split(".").map((shade) => parseInt(shade, 16));
  if (!new RegExp(coded === undefined ? `^r(${NUMBER})+$` : `^([0-9a-v]${NUMBER})+$`).test(coded ?? text)) return null;
  const runs = coded === undefined
    ? [...text.slice(1).matchAll(NUMBER)].map(([run], k) => [k % 2 ? paper.ink : paper.background, readNumber(run)])
    : [...coded.matchAll(`([0-9a-v])(${NUMBER})`)].map(([, shade, run]) => [shades[parseInt(shade, 32)], readNumber(run)]);
  let at = 0;
  for (const [pixel, length] of runs) {
    if (!(pixel <= most)) return null;
    drawing.fill(pixel, at, (at += length));
  }
  return at === drawing.length ? drawing : null;
}

/** An image file brought to the paper's size, the whole of it, ground around. @param {Blob} file @returns {Promise<Pixels>} */
export async function fromFile(file, paper) {
  const bitmap = await createImageBitmap(file), { size: [height, width], channels, background } = paper;
  const canvas = new OffscreenCanvas(width, height), context = canvas.getContext("2d");
  const scale = Math.min(width / bitmap.width, height / bitmap.height), [w, h] = [bitmap.width * scale, bitmap.height * scale];
  context.fillStyle = `rgb(${channels === 1 ? Array(3).fill(background) : parts(background)})`;
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, (width - w) / 2, (height - h) / 2, w, h);
  const { data } = context.getImageData(0, 0, width, height);
  return blank(paper).map((_, k) => {
    const [red, green, blue] = data.subarray(4 * k, 4 * k + 3);
    return channels === 1 ? 0.299 * red + 0.587 * green + 0.114 * blue : (red << 16) | (green << 8) | blue;
  });
}

/** Black below the threshold (0..255), white from it on. @param {Uint8Array} grey */
export const thresholded = (grey, threshold) => grey.map((byte) => (byte < threshold ? 0 : 255));
