/* Reads safetensors: eight bytes with the length of a JSON header, the header, the numbers.

   https://huggingface.co/docs/safetensors: the file that a build stored, byte for byte. */

const TYPES = { F32: Float32Array, I8: Int8Array };

/**
 * @typedef {{shape: number[], values: Float32Array | Int8Array}} Tensor  row by row
 * @param {ArrayBuffer} buffer
 * @returns {{tensors: Object<string, Tensor>, described: Object<string, string>}}
 */
export function readSafetensors(buffer) {
  const view = new DataView(buffer), length = view.getUint32(0, true), start = 8 + length;
  const { __metadata__: described = {}, ...entries } = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
  const tensors = {};
  for (const [name, { dtype, shape, data_offsets: [from, to] }] of Object.entries(entries)) {
    const bytes = buffer.slice(start + from, start + to); // a copy, so that numbers of four bytes lie at multiples of four
    tensors[name] = { shape, values: new TYPES[dtype](bytes) };
  }
  return { tensors, described };
}
