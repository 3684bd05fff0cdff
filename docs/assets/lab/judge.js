/* The answers of all networks at once, beside how many seeds of each solved the task. */

import { FILE, addressOf } from "./computing.js";

const { say, read, each, html, escaped, percent } = xoWidgets;
const AT_ONCE = 7e5; // bytes of networks that are loaded without being asked for
const words = {
  title: say("各网络的判断", "What the networks answer"),
  caption: say("网络、答案与概率、学会任务的种子", "Network, answer and probability, seeds that solved the task"),
  network: say("网络", "Network"), answer: say("答案", "Answer"), seeds: say("学会的种子", "Seeds that solved it"),
  loading: say("载入中……", "loading …"),
  load: (bytes) => say(`载入（${megabytes(bytes)}）`, `Load (${megabytes(bytes)})`),
  of: (solved, runs) => say(`${solved} / ${runs}`, `${solved} of ${runs}`),
  none: say("这次生成没有一个可以放到网页里的网络；先训练一个，再运行 build。",
    "This build has no network that a page can load; train one, then build again."),
  unsolved: say("这次生成里还没有网络学会任务：下面的答案接近随机猜测。完整的研究训练得更久。",
    "No network of this build has solved the task: the answers below are near chance. A full study trains for longer."),
  failed: (title, why) => say(`“${title}”的权重没有载入：${why}。检查网络连接，再按一次。`, `The weights of “${title}” did not load: ${why}. `
    + "Check the connection and press again."),
  said: (title, answer, share, agree, all) => say(`${title}：${answer}，${share}。已载入的 ${all} 个网络中 ${agree} 个这样回答。`,
    `${title}: ${answer}, ${share}. ${agree} of the ${all} networks loaded say so.`),
};
const megabytes = (bytes) => (bytes < 1e5 ? `${Math.ceil(bytes / 1e3)} KB` : `${(bytes / 1e6).toFixed(1)} MB`);

/** @param {any} data of the page */
export const judgeHtml = ({ variants }) => `<section aria-label="${words.title}"><h2>${words.title}</h2>
  ${variants.some(({ solved }) => solved) ? "" : `<p data-part="unsolved">${words.unsolved}</p>`}
  ${html.status("answer")}
  <div class="xo-lab-scroll" tabindex="0" role="region" aria-label="${words.caption}"><table class="xo-lab-answers"><caption>${words.caption}</caption>
    <thead><tr><th>${words.network}</th><th>${words.answer}</th><th>${words.seeds}</th></tr></thead><tbody>
    ${each(variants.filter(({ runs }) => runs), ({ name, title, outcome, runs, solved, reason }) => `<tr data-part="row-${name}">
      <th>${escaped(read(title))} <small>${escaped(read(outcome))}</small></th>
      <td data-part="answer-${name}">${reason ? `<small>${escaped(read(reason))}</small>` : ""}</td><td>${words.of(solved, runs)}</td></tr>`)}
    </tbody></table></div>
  <details><summary>${say("没有训练的变体", "Variants that were not trained")}</summary><p>${
    variants.filter(({ runs }) => !runs).map(({ title }) => escaped(read(title))).join(say("、", ", ")) || say("没有", "None")}</p></details></section>`;

/**
 * Loads networks and shows their answers. @param {import("./computing.js").Computing} computing
 * @param {(name: string) => void} loaded is called with each network that can be asked
 * @param {(name: string) => void} failed with each that did not load
 * @returns {{judge: (drawing: import("./engine/pixels.js").Pixels) => void, load: (name: string) => Promise<void>, names: string[]}}
 */
export function startJudge(widget, computing, data, state, loaded, failed) {
  const { part } = widget, names = [], answers = {}, titles = Object.fromEntries(data.variants.map(({ name, title }) => [name, read(title)]));
  let drawing, quiet;

  const bytes = (name) => data.networks[name].files[FILE];
  // The smallest whose run solved the task answers first, or else the smallest with dense layers
  const order = Object.keys(data.networks).sort((a, b) => bytes(a) - bytes(b));

  async function load(name) {
    const cell = part(`answer-${name}`);
    cell.innerHTML = `<small>${words.loading}</small>`;
    try {
      await computing.load(name, addressOf(data, name));
    } catch (error) {
      offer(name);
      failed(name);
      return void (part("answer").textContent = words.failed(titles[name], error.message));
    }
    names.push(name);
    loaded(name);
    judge(drawing);
  }

  function offer(name) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = words.load(bytes(name));
    button.setAttribute("aria-label", `${titles[name]}: ${button.textContent}`);
    button.addEventListener("click", () => load(name));
    part(`answer-${name}`).replaceChildren(button);
  }

  function judge(next) {
    drawing = next;
    if (!names.length || !drawing) return;
    computing.newest("judge", "judge", () => ({ names, image: drawing, size: data.size }), show, (error) => (part("answer").textContent = error.message));
  }

  function show(found) {
    found.forEach(({ name, probabilities }) => {
      const k = probabilities.indexOf(Math.max(...probabilities));
      answers[name] = [k, probabilities[k]];
      part(`answer-${name}`).innerHTML = `<b>${escaped(data.classes[k])}</b> ${percent(probabilities[k])}
        <span class="xo-lab-bar" aria-hidden="true"><span style="width: ${100 * probabilities[k]}%"></span></span>`;
    });
    const counts = data.classes.map((_, k) => Object.values(answers).filter(([answer]) => answer === k).length);
    const most = counts.indexOf(Math.max(...counts));
    Object.entries(answers).forEach(([name, [k]]) => part(`row-${name}`).classList.toggle("differs", k !== most));
    const shown = answers[state.variant] ? state.variant : names[0], [k, share] = answers[shown];
    clearTimeout(quiet); // read out when the hand rests
    quiet = setTimeout(() => (part("answer").textContent = words.said(titles[shown], data.classes[k], percent(share), counts[k], names.length)), 250);
  }

  order.forEach(offer);
  if (!order.length) part("answer").textContent = words.none;
  const first = data.networks.features ? "features" : order[0], wanted = data.networks[state.variant] && state.variant;
  const ready = (async () => {
    let rest = AT_ONCE;
    for (const name of new Set([first, wanted, ...order].filter(Boolean))) { // the first answer waits for no large one
      if (name !== wanted && name !== first && bytes(name) > rest) continue;
      rest -= name === wanted ? 0 : bytes(name);
      await load(name);
    }
  })();
  return { judge, load, names, ready };
}
