"""The site's own search, asked in its own worker: which page it names first."""

from __future__ import annotations

import gzip

import pytest

# What a reader types -> the page expected first.
QUERIES = {
    "zh": {
        "卷积": "concepts/convolution/",
        "填充": "concepts/convolution/",
        "步幅": "concepts/convolution/",
        "感受野": "concepts/local/",
        "局部感受野": "concepts/local/",
        "权值共享": "concepts/sharing/",
        "池化": "concepts/pooling/",
        "最大池化": "concepts/pooling/",
        "全卷积网络": "concepts/fcn/",
        "跳跃连接": "concepts/fcn/",
        "高级特征": "concepts/levels/",
        "1×1 卷积": "concepts/one-by-one/",
        "瓶颈": "concepts/one-by-one/",
        "反向传播": "concepts/backward/",
        "学习率": "concepts/training/",
        "数据集": "xo/data/",
        "准确率": "xo/accuracy/",
        "特征图": "xo/feature-maps/",
        "卷积核": "xo/kernels/",
        "过拟合": "redesign/no-pooling/",
    },
    "en": {
        "convolution": "concepts/convolution/",
        "padding": "concepts/convolution/",
        "stride": "concepts/convolution/",
        "receptive field": "concepts/local/",
        "local receptive field": "concepts/local/",
        "weight sharing": "concepts/sharing/",
        "pooling": "concepts/pooling/",
        "max pooling": "concepts/pooling/",
        "fully convolutional network": "concepts/fcn/",
        "skip connection": "concepts/fcn/",
        "linear probe": "concepts/levels/",
        "1×1 convolution": "concepts/one-by-one/",
        "bottleneck": "concepts/one-by-one/",
        "backward pass": "concepts/backward/",
        "learning rate": "concepts/training/",
        "data": "xo/data/",
        "accuracy": "xo/accuracy/",
        "feature map": "xo/feature-maps/",
        "kernel": "xo/kernels/",
        "overfitting": "redesign/no-pooling/",
    },
}
MOST_BYTES = 200_000  # of the index, as it is sent
# Asks the theme's worker as the theme does: 0 sets it up, 2 is a query, 3 its result.
ASK = """async queries => {
  const {base, search} = JSON.parse(document.getElementById("__config").textContent);
  const index = await fetch(new URL("search/search_index.json", new URL(base + "/", location)));
  const worker = new Worker(search);
  const ask = message => new Promise(done => {
    worker.onmessage = event => done(event.data.data);
    worker.postMessage(message);
  });
  await ask({type: 0, data: {...await index.json(), options: {suggest: false}}});
  const found = {};
  for (const query of queries)
    found[query] = (await ask({type: 2, data: query})).items.map(([first]) =>
      first.location.split("#")[0]);
  worker.terminate();
  return found;
}"""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_search_names_the_page_for_the_question_first(page, searchable, language):
    folder = "" if language == "zh" else "en/"
    page.goto(searchable.address + folder + "appendix/colophon/")
    found = page.evaluate(ASK, [*QUERIES[language], "matplotlib 3.11"])
    listed = {
        query: pages[: pages.index(expected) + 1] if expected in pages else pages[:3]
        for query, expected in QUERIES[language].items()
        if (pages := found[query])[:1] != [expected]
    }
    assert listed == {}
    # versions stand below every figure; they are no answer to a question
    assert len(found["matplotlib 3.11"]) < 12


@pytest.mark.parametrize("folder", ["", "en/"])
def test_the_search_index_that_every_page_fetches_is_small(site, folder):
    index = site.folder / folder / "search/search_index.json"
    assert len(gzip.compress(index.read_bytes(), 6)) <= MOST_BYTES
