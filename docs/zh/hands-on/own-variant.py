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
# # 自己的变体：定义、训练、比较
#
# 用本项目的程序定义一个网络，做一个小研究，再看从几个种子能得出什么结论，不能得出什么结论。小研究只用一部分图像、几轮和几个种子，笔记本电脑就够了。

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
# ## 定义
#
# `Variant` 的一行是一个网络连同它的训练设置，没有写出的取{% if embedded %}作业{% else %}基准网络{% endif %}的设置。先定一个参照：两层卷积，一个窄的全连接层，比基准网络小得多，训练也快得多。再定自己的变体：在参照上加第三个卷积层。两者只差这一处，比较起来才知道差别从何而来。

# %%
reference = Variant("small", "小网络", "Small network",
                    channels=(8, 8), dense=(32,))
own = replace(reference, name="own", zh="加一层卷积",
              en="One more convolution", channels=(8, 8, 8))
pair = (reference, own)

# %% [markdown]
# 训练之前先数一数（怎样自己算，见[手算尺寸、参数和感受野](sizes.ipynb)）：

# %%
for variant in pair:
    rows = layers(variant, data.image_size, len(data.classes),
                  data.channels)
    total = sum(row.parameters for row in rows)
    print(f"{variant.zh}，{total:,} 个参数")
    for row in rows:
        name, shape, parameters = row.name, row.shape, row.parameters
        if parameters:
            print(f"    {name:7} {str(shape):14} {parameters:>9,}")

# %% [markdown]
# 先猜一猜再往下看：哪一个学得快？三个种子会不会一样？
#
# ## 小研究
#
# 每类取前面的一部分图像；批小，几轮里就能更新很多次。种子决定权重的初值和图像的次序。两个变体用同样的图像、同样的设置、同样的种子。

# %%
small = data.subset(60, 30)  # 每类 60 幅训练，30 幅测试
settings = dict(epochs=4, batch_size=4, lr=0.05)
seeds = range(3)


def study(variant):
    """每个种子训练一次 -> 每轮之后的测试准确率 (种子, 轮)"""
    rows = []
    for seed in seeds:
        run = train(replace(variant, **settings), small, seed)
        rows.append([each.test_accuracy for each in run.measured.epochs])
    return np.array(rows)

# %%
accuracy = {variant.zh: study(variant) for variant in pair}
for name, values in accuracy.items():
    print(name)
    for seed, row in zip(seeds, values):
        print(f"    种子 {seed}：", "  ".join(f"{value:4.0%}" for value in row))

# %%
fig, ax = plt.subplots(figsize=(6.6, 3))
looks = {"color": "#332288", "ls": "-"}, {"color": "#b8323f", "ls": "--"}
for (name, values), look in zip(accuracy.items(), looks):
    epochs = range(1, values.shape[1] + 1)
    lines = ax.plot(epochs, 100 * values.T, marker="o", lw=1, ms=4, **look)
    lines[0].set_label(name)
ax.axhline(100 / len(data.classes), color="#63666a", lw=0.8, ls=":")
ax.set(xlabel="轮", ylabel="测试准确率（%）", xticks=epochs, ylim=(0, 103))
ax.legend(frameon=False)
show(fig, "测试准确率，一条线是一个种子，点线是随机猜测的水平")

# %% [markdown]
# 看的时候先比同一个变体的几条线，再比两个变体。同一个变体的线已经散得很开时，两个变体之间差一点说明不了什么。
#
# ## 能得出什么结论
#
# 一次训练最后的测试准确率不低于某个界线，就算学会。小研究练得少，所以界线比本站的低一些。$n$ 个种子里有 $k$ 个学会，背后的比例可能是多少？Wilson 区间给出和 $k/n$ 相容的范围。

# %%
bound = 0.9
print(f"本站的界线是 {goal(data):g}，这里取 {bound:g}")
solved = {}
for name, values in accuracy.items():
    k = int((values[:, -1] >= bound).sum())
    solved[name] = s = share(k, len(values))
    print(f"{name}：{s.n} 个种子里 {s.k} 个学会，"
          f"95 % 区间 {s.low:.0%} 到 {s.high:.0%}")

# %% [markdown]
# 两个比例之差也有区间（Newcombe）。它若包含 0，就还不能说哪一个更好。

# %%
theirs, mine = solved.values()
gap = difference(mine, theirs)
print(f"之差 {gap.value:+.0%}，"
      f"95 % 区间 {gap.low:+.0%} 到 {gap.high:+.0%}")
if gap.low > 0 or gap.high < 0:
    print("区间不含 0：两者不同")
else:
    print("区间包含 0：还不能说哪一个更好")

# %% [markdown]
# 种子太少时，再漂亮的结果也不够。设想最极端的情形：一个变体的 $n$ 个种子全部学会，另一个一个也没有。假如两者其实没有差别，学会与否只看运气，那么 $2n$ 个结果里学会的 $n$ 个恰好全落在一边（哪一边都算）的概率是 $2 / \binom{2n}{n}$：

# %%
for n in range(1, 7):
    print(f"每个变体 {n} 个种子：{2 / comb(2 * n, n):.3f}")

# %% [markdown]
# 找到种子数和 `seeds` 一样的那一行：即使两者没有差别，单凭运气也有这么大的可能出现最极端的结果。
#
# 所以，从这个小研究
#
# - 可以说：用这些图像、这些设置、这几个种子，看到了上面这些数；同一个网络换一个种子，结果会不会变。
# - 可以说：加一层卷积之后参数变成多少，因为这是数出来的，和种子无关。
# - 不可以说：两个变体哪一个更好，除非区间不含 0；“没有看出差别”也不等于“没有差别”。
# - 不可以说：换成全部图像、更多轮、别的学习率之后也是这样。
# - 不可以挑：只报告最好的种子，或者看着测试准确率挑停在哪一轮，都会使结果好过真实的水平。
#
# ## 和已有的记录比
#
# 下面是本项目的存储里有记录的变体，每个都用研究规定的图像和轮数训练。

# %%
records = recorded()
for name, runs in records.items():
    first = runs[0]
    if first.settings.labels == "class":  # 其余的变体做的是另一道题
        images, epochs = first.data.train_images, len(first.epochs)
        s = share(sum(run.solved for run in runs), len(runs))
        print(f"{name:16} {images} 幅，{epochs} 轮，{s.n} 个种子里 "
              f"{s.k} 个学会，区间 {s.low:.0%} 到 {s.high:.0%}")
if not records:
    print("还没有记录；python -m report_builder build 会训练全部变体")

# %% [markdown]
# 图像数、轮数、批的大小都和小研究不同，所以不能拿上面的小研究和这张表比。要比，就用一样的条件再训练一次：把 `small` 换成 `data`，`settings` 换成 `{}`，`bound` 换成 `goal(data)`，`seeds` 多取几个，从“小研究”重新运行。时间大约按图像数、轮数、种子数成倍增加。
#
# ## 留下来
#
# 这里训练的网络没有保存。想让自己的变体和别的变体一样有记录、有曲线、有一页，就在变体表里加一行，见[加一个变体](your-variant.md)。训练过的不会再训练一遍。
#
# ## 接下来
#
# - 把 `own` 换成别的改动，每次只改一处：`channels=(16, 16)`，`kernels=(5, 5)`，`pool=None`，`dense=(64,)`。
# - 要多少个种子，最极端的结果出于运气的概率才低于 0.05？
# - 把种子加到够，再比一次。结论变了吗？
# - 本站自己的结论怎样由记录判定，见[论断](../evidence/claims.md)。
