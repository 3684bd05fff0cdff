/* Training, replayed: a recorded run's network after each epoch, on this drawing. */

import "./engine/layers.js";
import { drawTiles } from "./tiles.js";

const { softmax } = xoLayers;
const { say, read, each, html, escaped, percent, number } = xoWidgets;
const words = {
  title: say("训练回放", "Training, replayed"),
  intro: (title, seed) => say(`记录里保存了“${title}”种子 ${seed} 每一轮之后的全部权重。拖动滑块，看卷积核、这幅画的特征图和概率怎样形成。`,
    `The records keep all weights of “${title}”, seed ${seed}, after each epoch. Move the slider and see kernels, maps of this drawing and probabilities form.`),
  start: (bytes) => say(`开始回放（每一轮 ${bytes} MB，看到哪一轮才载入哪一轮）`, `Start (${bytes} MB an epoch, each loaded when it is shown)`),
  none: say("这次生成没有保存逐轮的权重。", "This build has no weights of every epoch."),
  epoch: say("训练了几轮", "Epochs trained"), kernels: say("第一层的卷积核", "Kernels of the first layer"),
  said: (epoch, answers, accuracy, loss) => say(`${epoch} 轮之后：${answers}。`, `After ${epoch} epochs: ${answers}. `)
    + (accuracy === undefined ? say("还没有训练。", "Nothing is trained yet.")
      : say(`测试准确率 ${percent(accuracy)}，测试损失 ${number(loss, 3)}。`, `Test accuracy ${percent(accuracy)}, test loss ${number(loss, 3)}.`)),
};

const file = (epoch) => `epoch-${String(epoch).padStart(2, "0")}.safetensors`;

export function replayHtml({ replay, networks, variants }) {
  const { epochs, files } = networks[replay?.variant] ?? {};
  const content = epochs ? `<p class="xo-hint">${escaped(words.intro(read(variants.find(({ name }) => name === replay.variant).title), replay.seed))}</p>
    <div class="xo-buttons">${html.button("replay-start", words.start((files[file(0)] / 1e6).toFixed(1)))}</div>
    <div data-part="replay-shown" hidden>${html.slider("epoch", words.epoch, 0, epochs, 1, epochs)}${html.status("replayed")}
      <div class="xo-lab-overview">${html.picture("replay-kernels", words.kernels)}${each([1, 2, 3], (k) => html.picture(`replay-relu${k}`, `relu${k}`))}</div></div>` : `<p>${words.none}</p>`;
  return `<section aria-label="${words.title}" data-part="replay"><h2>${words.title}</h2>${content}</section>`;
}

export function startReplay(widget, computing, data) {
  const { part } = widget, { replay } = data, network = data.networks[replay?.variant];
  let drawing, found, epoch = network?.epochs, started = false;
  if (!epoch) return { paint() {}, show() {} };
  const name = () => `${replay.variant}/${file(epoch)}`;

  async function go() {
    if (!started) return;
    const shown = epoch;
    try {
      await computing.load(name(), new URL(`${network.folder}/${file(epoch)}`, document.baseURI).href);
    } catch (error) {
      return void (part("replayed").textContent = error.message);
    }
    if (shown !== epoch) return; // the slider has moved on
    const asked = () => ({ name: name(), image: drawing, size: data.size });
    computing.newest("replay", "passage", asked, (result) => ((found = { ...result, epoch: shown }), paint()), (error) => (part("replayed").textContent = error.message));
  }

  function paint() {
    if (!found) return;
    const [kernels] = found.kernels, side = kernels.shape[2];
    drawTiles(widget, "replay-kernels", { shape: [kernels.shape[0] * kernels.shape[1], side, side], values: kernels.values, name: "kernels" });
    [1, 2, 3].forEach((k) => {
      const step = found.steps.find((each) => each.name === `relu${k}`);
      if (step) drawTiles(widget, `replay-relu${k}`, step);
      part(`replay-relu${k}`).hidden = !step;
    });
    const shares = softmax(found.steps.at(-1).values), answers = data.classes.map((label, k) => `${label} ${percent(shares[k])}`).join(say("，", ", "));
    part("replayed").textContent = words.said(found.epoch, answers, replay.accuracy[found.epoch - 1], replay.loss[found.epoch - 1]);
  }

  widget.onSlide("epoch", (value) => ((epoch = value), go()));
  part("replay-start").addEventListener("click", () => {
    started = true;
    part("replay-shown").hidden = false;
    part("replay-start").hidden = true;
    go();
  });
  return { paint, show: (next) => ((drawing = next), go()) };
}
