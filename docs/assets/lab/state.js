/* What a reader has drawn and chosen, in the address of the page, so that it can be sent. It is written after #, which browsers
   tell no server; pages that link to a state of the lab write it after ?:
   d=o (a shape, an example's number after "e", or a drawing as drawing.js writes it) &t=right.down.turn.scale &v=variant &l=layer &u=place &s=section */

import { SHAPES, UNCHANGED, asText, fromText, shape } from "./drawing.js";

/**
 * @typedef {{drawing: import("./engine/pixels.js").Pixels, named: string, transform: typeof UNCHANGED, variant: string, layer: string, unit: number[],
 *   section: string}} State
 * @param {import("./drawing.js").Paper} paper @param {import("./engine/pixels.js").Pixels[]} examples
 * @param {{search: string, hash: string}} address
 * @returns {State} what the address says, as far as it says something that there is
 */
export function readState({ search, hash }, paper, examples) {
  const asked = new URLSearchParams(isState(hash) ? hash.slice(1) : search), named = asked.get("d") ?? "o";
  const example = examples[named.match(/^e(\d+)$/)?.[1]], drawn = fromText(named, paper);
  const known = named in SHAPES || example || drawn;
  const numbers = (asked.get("t") ?? "").split(".").map(Number), moved = numbers.length === 4 && numbers.every(Number.isFinite) && numbers[3] > 0;
  const unit = (asked.get("u") ?? "").split(".").filter(Boolean).map(Number);
  return {
    drawing: example?.slice() || drawn || shape(named in SHAPES ? named : "o", paper),
    named: known ? named : "o",
    transform: moved ? Object.fromEntries(Object.keys(UNCHANGED).map((name, k) => [name, numbers[k]])) : { ...UNCHANGED },
    variant: asked.get("v") ?? "",
    layer: asked.get("l") ?? "",
    unit: unit.every((each) => Number.isInteger(each) && each >= 0) ? unit : [],
    section: asked.get("s") ?? "",
  };
}

/** Whether a fragment is a state, not the name of a heading. */
export const isState = (hash) => hash.includes("=");

/** The fragment for a state. A drawing of too many shades is left out. @param {State} state */
export function asFragment({ drawing, named, transform, variant, layer, unit }, paper) {
  const drawn = named || asText(drawing, paper), asked = new URLSearchParams();
  if (drawn) asked.set("d", drawn);
  if (Object.keys(UNCHANGED).some((name) => transform[name] !== UNCHANGED[name])) asked.set("t", Object.values(transform).join("."));
  if (variant) asked.set("v", variant);
  if (layer) asked.set("l", layer);
  if (unit.length) asked.set("u", unit.join("."));
  return `#${asked}`;
}
