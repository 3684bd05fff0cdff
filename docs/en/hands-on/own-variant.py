# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Your own variant: define, train, compare
#
# Define a network with this project's programs, make a small study of it, and see what a few seeds allow you to conclude and what they do not. A small study takes part of the images, a few epochs and a few seeds, so that a laptop is enough.

# %%
from dataclasses import replace
from math import comb

import matplotlib.pyplot as plt
import numpy as np

from report_builder.evidence.estimates import difference, share
from report_builder.pages.notebook_helpers import (
    data_set,
    recorded,
    show,
    use_font,
)
from xo.data.card import goal
from xo.network.model import layers
from xo.network.train import train
from xo.variants import Variant

data = data_set()
use_font()

# %% [markdown]
# ## Define
#
# A `Variant` is one network with its training settings; what is left out is as {% if embedded %}in the assignment{% else %}in the baseline{% endif %}. First something to compare with: two convolutions and one narrow dense layer, far smaller than the baseline and far quicker to train. Then a variant of your own: the same with a third convolution. The two differ in this alone, so that a difference in results has one possible cause.

# %%
reference = Variant("small", "小网络", "Small network",
                    channels=(8, 8), dense=(32,))
own = replace(reference, name="own", zh="加一层卷积",
              en="One more convolution", channels=(8, 8, 8))
pair = (reference, own)

# %% [markdown]
# Count before you train (how to do it yourself: [Sizes, parameters, receptive fields by hand](sizes.ipynb)):

# %%
for variant in pair:
    rows = layers(variant, data.image_size, len(data.classes),
                  data.channels)
    total = sum(row.parameters for row in rows)
    print(f"{variant.en}, {total:,} parameters")
    for row in rows:
        name, shape, parameters = row.name, row.shape, row.parameters
        if parameters:
            print(f"    {name:7} {str(shape):14} {parameters:>9,}")

# %% [markdown]
# Make a guess before you read on: which one learns sooner? Will three seeds do the same?
#
# ## A small study
#
# It takes the first images of each class, and small batches, which give many updates in few epochs. The seed decides the initial weights and the order of the images. Both variants get the same images, settings and seeds.

# %%
small = data.subset(60, 30)  # per class 60 images to train on, 30 to test
settings = dict(epochs=4, batch_size=4, lr=0.05)
seeds = range(3)


def study(variant):
    """Trains once per seed -> test accuracy by epoch (seeds, epochs)"""
    rows = []
    for seed in seeds:
        run = train(replace(variant, **settings), small, seed)
        rows.append([each.test_accuracy for each in run.measured.epochs])
    return np.array(rows)

# %%
accuracy = {variant.en: study(variant) for variant in pair}
for name, values in accuracy.items():
    print(name)
    for seed, row in zip(seeds, values):
        print(f"    seed {seed}:", "  ".join(f"{value:4.0%}" for value in row))

# %%
fig, ax = plt.subplots(figsize=(6.6, 3))
looks = {"color": "#332288", "ls": "-"}, {"color": "#b8323f", "ls": "--"}
for (name, values), look in zip(accuracy.items(), looks):
    epochs = range(1, values.shape[1] + 1)
    lines = ax.plot(epochs, 100 * values.T, marker="o", lw=1, ms=4, **look)
    lines[0].set_label(name)
ax.axhline(100 / len(data.classes), color="#63666a", lw=0.8, ls=":")
ax.set(xlabel="Epoch", ylabel="Test accuracy (%)", xticks=epochs, ylim=(0, 103))
ax.legend(frameon=False)
show(fig, "Test accuracy, a line per seed, guessing dotted")

# %% [markdown]
# Compare the lines of one variant with each other first, and only then the two variants. Where the lines of one variant lie far apart already, a small gap between the variants says little.
#
# ## What can be concluded
#
# A run has solved the task when its last test accuracy reaches a bound. A small study trains little, so its bound is lower here than elsewhere on this site. If $k$ of $n$ seeds solve it, what may the share behind them be? Wilson's interval holds the shares that agree with $k/n$.

# %%
bound = 0.9
print(f"the bound on this site is {goal(data):g}, here it is {bound:g}")
solved = {}
for name, values in accuracy.items():
    k = int((values[:, -1] >= bound).sum())
    solved[name] = s = share(k, len(values))
    print(f"{name}: {s.k} of {s.n} seeds solved it, "
          f"95 % interval {s.low:.0%} to {s.high:.0%}")

# %% [markdown]
# The difference of two shares has an interval too (Newcombe's). If it includes 0, neither can be called better.

# %%
theirs, mine = solved.values()
gap = difference(mine, theirs)
print(f"difference {gap.value:+.0%}, "
      f"95 % interval {gap.low:+.0%} to {gap.high:+.0%}")
if gap.low > 0 or gap.high < 0:
    print("the interval leaves out 0: they differ")
else:
    print("the interval includes 0: neither can be called better")

# %% [markdown]
# With too few seeds even the finest result is not enough. Take the extreme: all $n$ seeds of one variant solve the task and none of the other's. If in truth there were no difference and chance alone decided, then the $n$ successes among the $2n$ results would all fall to one variant, whichever it is, with probability $2 / \binom{2n}{n}$:

# %%
for n in range(1, 7):
    print(f"seeds per variant: {n}, probability: {2 / comb(2 * n, n):.3f}")

# %% [markdown]
# Find the line for as many seeds as there are in `seeds`: even where there is no difference, chance alone produces the most extreme result with that probability.
#
# So this small study
#
# - does tell what was seen with these images, these settings and these seeds, and whether another seed changes the result of one and the same network;
# - does tell how many parameters one more convolution costs or saves: that is counted and has nothing to do with seeds;
# - does not tell which variant is better, unless the interval leaves out 0; and "no difference was seen" is not "there is no difference";
# - does not tell what would happen with all images, more epochs or another learning rate;
# - tells nothing true any more once results are picked: reporting the best seed only, or choosing the epoch to stop at by the test accuracy, makes them better than they are.
#
# ## Compare with what is recorded
#
# These variants have records in the project's store, each trained with the images and epochs that the study prescribes.

# %%
records = recorded()
for name, runs in records.items():
    first = runs[0]
    if first.settings.labels == "class":  # the others had another task
        images, epochs = first.data.train_images, len(first.epochs)
        s = share(sum(run.solved for run in runs), len(runs))
        print(f"{name:16} {images} images, {epochs} epochs, "
              f"{s.k} of {s.n} solved, interval {s.low:.0%} to {s.high:.0%}")
if not records:
    print("No records yet; python -m report_builder build trains all variants")

# %% [markdown]
# Images, epochs and batches are not those of the small study, so the small study cannot be compared with this table. For a fair comparison train under the same conditions: put `data` in place of `small`, `{}` in place of `settings`, `goal(data)` in place of `bound`, take more `seeds`, and run again from "A small study". The time grows with the number of images, epochs and seeds.
#
# ## Keep it
#
# The networks trained here are not kept. To give your variant records, curves and a page like the others, add a row to the table of variants: [Your own variant](your-variant.md) says how. What has been trained is not trained again.
#
# ## Next
#
# - Change something else in `own`, one thing at a time: `channels=(16, 16)`, `kernels=(5, 5)`, `pool=None`, `dense=(64,)`.
# - How many seeds does it take for the extreme result to have a probability below 0.05 by chance?
# - Take enough seeds and compare again. Is the conclusion another one?
# - How records decide the conclusions of this site: see [Claims](../evidence/claims.md).
