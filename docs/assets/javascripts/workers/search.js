/* The theme's search worker, named after the question mark of this file's address, with Chinese queries split into the
   words of the index by the longest match. The theme's own rule leaves out the last character of what is typed: it looks
   for 卷积 where 卷积核 was asked. */
"use strict";

const SETUP = 0, QUERY = 2;
const words = new Set();
const split = new WeakSet();

const inWords = run => {
  const found = [];
  for (let start = 0, end; start < run.length; start = end) {
    for (end = run.length; end > start + 1 && !words.has(run.slice(start, end)); end--);
    found.push(run.slice(start, end));
  }
  return ` ${found.join(" ")} `;
};

addEventListener("message", event => {
  const { type, data } = event.data;
  if (type === SETUP) {
    for (const { title, text, tags = [] } of data.docs)
      for (const word of [title, text, ...tags].join(" ").match(/\p{sc=Han}+/gu) ?? []) words.add(word);
  } else if (type === QUERY && !split.has(event)) {
    event.stopImmediatePropagation();
    const query = new MessageEvent("message", { data: { type, data: data.replace(/\p{sc=Han}+/gu, inWords).trim() } });
    split.add(query);
    dispatchEvent(query);
  }
});

importScripts(location.search.slice(1));

// The theme splits by asking the index whether it has a word; where it has none, the query stays as it is.
const build = lunr.Builder.prototype.build;
lunr.Builder.prototype.build = function () {
  const index = build.call(this);
  index.invertedIndex = new Proxy(index.invertedIndex, { has: () => false });
  return index;
};
