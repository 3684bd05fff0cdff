/* Puts the lab together: one drawing, judged by all networks and followed through one, and its address. */

import { Computing } from "./computing.js";
import { ofDigits, paperOf } from "./drawing.js";
import { fullyConvolutionalHtml, startFullyConvolutional } from "./fully_convolutional.js";
import { insideHtml, startInside } from "./inside.js";
import { judgeHtml, startJudge } from "./judge.js";
import { padHtml, startPad } from "./pad.js";
import { replayHtml, startReplay } from "./replay.js";
import { asFragment, isState, readState } from "./state.js";
import { startWhy, whyHtml } from "./why.js";

const { bytes } = xoWidgets;
const LATER = 300; // milliseconds of rest before the address follows

/** @param {any} widget of docs/assets/widgets/common.js */
export function start(widget) {
  const { data } = widget, paper = paperOf(data), { channels } = data;
  const examples = data.examples.map(({ rows }) => 
    (channels === 1 ? Uint8Array : Uint32Array).from(bytes(rows, channels).flat(), (shades) => ofDigits(shades, channels)));
  const state = readState(location, paper, examples), computing = new Computing();
  const slow = new Computing(); // what takes long, so that no answer to a drawing waits for it

  widget.build(padHtml(paper, examples, data.examples.map(({ label }) => data.classes[label])) + judgeHtml(data) + insideHtml()
    + whyHtml() + replayHtml(data) + fullyConvolutionalHtml(data));

  let timer;
  const keep = () => {
    clearTimeout(timer);
    timer = setTimeout(() => history.replaceState(history.state, "", location.pathname + asFragment(state, paper)), LATER);
  };
  addEventListener("hashchange", () => isState(location.hash) && location.reload()); // another state, put into the address
  let asked;
  /** Once a frame, however many strokes came in it. */
  const changed = () => (asked ??= requestAnimationFrame(ask));
  const ask = () => {
    asked = undefined;
    judge.judge(pad.shown());
    inside.show(pad.shown());
    why.show(pad.shown());
    replay.show(pad.shown());
    keep();
  };
  const pad = startPad(widget, paper, examples, state, changed);
  const inside = startInside(widget, computing, data, state, keep);
  const why = startWhy(widget, slow, data, inside.chosen, (drawing) => pad.replace(drawing, ""));
  const replay = startReplay(widget, computing, data);
  const sliding = startFullyConvolutional(widget, slow, data, paper, examples);
  const judge = startJudge(widget, computing, data, state, (name) => (inside.add(name), sliding.add(name)), inside.miss);
  changed();
  widget.live(() => [pad, inside, why, replay, sliding].forEach((part) => part.paint()));
  judge.ready.then(() => state.section && widget.part(state.section)?.scrollIntoView());
}
