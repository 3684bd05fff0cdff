/* Pixels of a drawing (H, W): grey bytes in a Uint8Array, or 0xrrggbb in a Uint32Array; 0 is black. */

/** @typedef {Uint8Array | Uint32Array} Pixels */

/** White, from which a pixel is taken to invert it. @param {Pixels} pixels */
export const white = (pixels) => (pixels instanceof Uint8Array ? 255 : 0xffffff);

/** A drawing of that many pixels, of the kind of another. */
export const likewise = (pixels, length, value = 0) => new pixels.constructor(length).fill(value);

/** Red, green, blue, 0 to 255; of a grey byte the last is its shade. @param {number} pixel */
export const parts = (pixel) => [pixel >> 16, (pixel >> 8) & 255, pixel & 255];

/** How far two pixels are apart in the part that differs most, 0 to 1. */
export const apart = (pixel, other) => Math.max(
  Math.abs((pixel >> 16) - (other >> 16)), Math.abs(((pixel >> 8) & 255) - ((other >> 8) & 255)), Math.abs((pixel & 255) - (other & 255))) / 255;
