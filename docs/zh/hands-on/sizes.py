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
# # 手算尺寸、参数和感受野
#
# 一个卷积网络有三样东西不训练就能算出来：每一层输出多大，有多少参数，每个单元看到图像上多大一块。这里每样先用公式算，再用另一种办法核对。

# %%
import matplotlib.pyplot as plt
import torch
from matplotlib.patches import Rectangle
from torch import nn

from report_builder.pages.notebook_helpers import data_set, show, use_font
from xo.network.model import Net, layers
from xo.variants import VARIANTS

data = data_set()
height, width = data.image_size
use_font()
print(f"图像高 {height}，宽 {width}，{len(data.classes)} 个类别")

# %% [markdown]
# ## 输出有多大
#
# 输入的边长 $n$，核的边长 $k$，步幅（stride）$t$，每侧填充（padding）$p$ 个像素，那么输出的边长是
#
# $$n' = \left\lfloor \frac{n + 2p - k}{t} \right\rfloor + 1$$
#
# 核的左边缘可以停在 $0, t, 2t, \dots$，只要右边缘不出界；$n'$ 就是能停的位置的个数。卷积和池化用的是同一个公式。

# %%
def out(n, kernel, stride=1, padding=0):
    """边长 n 的输入 -> 输出的边长"""
    return (n + 2 * padding - kernel) // stride + 1


h, w = height, width
for name, kernel, stride in [("conv1", 3, 1), ("pool1", 2, 2),
                             ("conv2", 3, 1), ("pool2", 2, 2)]:
    h, w = out(h, kernel, stride), out(w, kernel, stride)
    print(f"{name}  {h} × {w}")

# %% [markdown]
# 除不尽时向下取整，多出来的行和列就丢掉了。用 5×5 的数试一次 2×2 池化：最后一行、最后一列的数一个也没有用到。

# %%
square = torch.arange(25.0).reshape(1, 5, 5)
print(square[0])
print(nn.MaxPool2d(2)(square)[0])

# %% [markdown]
# ### 核对：让一个空张量走一遍
#
# {% if embedded %}原报告的做法是随便造一幅图像，{% else %}可以随便造一幅图像，{% endif %}送进网络看它出来多大。这是好习惯，公式写错了也会露出来。PyTorch 的 meta 设备让它更省事：张量只有形状，没有数，不占内存，也不计算。

# %%
with torch.device("meta"):
    x = torch.empty(1, data.channels, height, width)
    for layer in [nn.Conv2d(data.channels, 9, 3), nn.MaxPool2d(2),
                  nn.Conv2d(9, 5, 3), nn.MaxPool2d(2), nn.Flatten()]:
        x = layer(x)
        print(f"{layer.__class__.__name__:10} {tuple(x.shape)}")
print(f"设备：{x.device}")
print(f"和公式一致：{x.numel() == 5 * h * w}")

# %% [markdown]
# ### 停一下：5×5×5 对不对
#
# {% if embedded %}原报告有一个三层卷积的网络，{% else %}假如有一个三层卷积的网络，{% endif %}把第一个全连接层的输入写成 5×5×5。通道数确实是 5，边长呢？

# %%
def after_three(n):
    """三次“3×3 卷积、2×2 池化”之后的边长"""
    for _ in range(3):
        n = out(out(n, 3), 2, 2)
    return n


print(f"这里的边长：{after_three(height)} × {after_three(width)}")
fitting = [n for n in range(22, 513) if after_three(n) == 5]
print(f"要剩下 5，图像的边长须是：{fitting}")

# %% [markdown]
# 这个数写错，网络一运行就会停下。错误信息里有两个形状，第一个形状的后一个数就是前面实际送来的个数：

# %%
maps = torch.zeros(1, 5, after_three(height), after_three(width))
try:
    nn.Linear(5 * 5 * 5, 480)(maps.flatten(1))
    print("这里没有出错")
except RuntimeError as error:
    print(error)

# %% [markdown]
# ## 有多少参数
#
# 卷积层有 $C_\text{in}$ 个输入通道、$C_\text{out}$ 个输出通道：每个输出通道对每个输入通道有一个 $k \times k$ 的核，另有一个偏置，所以参数是 $C_\text{out}(C_\text{in}k^2 + 1)$，和图像多大没有关系。全连接层有 $F_\text{in}$ 个输入、$F_\text{out}$ 个输出，参数是 $F_\text{out}(F_\text{in} + 1)$，输入来自特征图，图像越大它就越大。

# %%
def convolution(inputs, outputs, kernel):
    return outputs * (inputs * kernel**2 + 1)


def dense(inputs, outputs):
    return outputs * (inputs + 1)


counts = {
    "conv1": convolution(data.channels, 9, 3),
    "conv2": convolution(9, 5, 3),
    "dense1": dense(5 * h * w, 1200),
    "dense2": dense(1200, 64),
    "logits": dense(64, len(data.classes)),
}
total = sum(counts.values())
for name, count in counts.items():
    print(f"{name:7} {count:>12,}  {count / total:.2%}")
print(f"{'合计':5} {total:>12,}")

# %% [markdown]
# 哪一层最大，一看便知。想减少参数，先看它的输入和输出。
#
# ### 核对：本项目数出来的
#
# 下面把三条规则连起来，对变体表里的任何一行都能算，再和 `xo.network.model.layers` 逐层比较。那个函数不用公式：它建一个空网络，数每一层实际有多少个权重。在命令行里，`python -m xo list VARIANT` 打印的就是它。

# %%
def steps(variant):
    """卷积和池化，依次：名称、核的边长、步幅、参数"""
    inputs = data.channels
    sizes = zip(variant.channels, variant.kernel_sizes)
    for k, (outputs, kernel) in enumerate(sizes, 1):
        yield f"conv{k}", kernel, 1, convolution(inputs, outputs, kernel)
        if variant.pool and kernel > 1:  # 1×1 的卷积之后不池化
            # 可训练池化：每个通道一个 2×2 的核和一个偏置
            weights = outputs * (2 * 2 + 1)
            yield f"pool{k}", 2, 2, weights if variant.pool == "trained" else 0
        inputs = outputs

# %%
def by_hand(variant):
    """每一步的名称、输出形状、参数"""
    h, w = height, width
    for name, kernel, stride, parameters in steps(variant):
        h, w = out(h, kernel, stride), out(w, kernel, stride)
        channels = variant.channels[int(name[-1]) - 1]
        yield name, (channels, h, w), parameters
    # 全局平均池化：每个通道只剩一个数
    if variant.head == "average":
        h = w = 1
    widths = [channels * h * w, *variant.dense, len(data.classes)]
    names = [f"dense{k + 1}" for k in range(len(variant.dense))]
    for name, a, b in zip([*names, "logits"], widths, widths[1:]):
        yield name, (b,), dense(a, b)

# %%
for name, variant in VARIANTS.items():
    if variant.labels == "class":
        counted = [(row.name, row.shape, row.parameters)
                   for row in layers(variant, data.image_size,
                                     len(data.classes), data.channels)
                   if row.kind in ("conv", "pool", "dense")]
        mine = list(by_hand(variant))
        same = "一致" if mine == counted else "不一致"
        print(f"{name:16} {sum(row[2] for row in mine):>12,}  {same}")

# %% [markdown]
# ## 感受野和步幅
#
# 一个单元的感受野（receptive field）是图像上能影响它的那一块。从前往后一步一步算：$r$ 是感受野的边长，间隔 $s$ 是相邻两个单元的感受野在图像上错开的像素数，开始时都是 1。经过核为 $k$、步幅为 $t$ 的一步，
#
# $$r' = r + (k - 1)\,s, \qquad s' = s\,t$$
#
# 核里有 $k$ 个单元，第一个和最后一个错开 $(k - 1)\,s$ 个像素，感受野就增加这么多。步幅不改变这一步的感受野，但后面每一步都会因此增加得更快。

# %%
def fields(variant):
    """每一步之后：名称、感受野的边长、错开的像素数"""
    field, spacing = 1, 1
    for name, kernel, stride, _ in steps(variant):
        field += (kernel - 1) * spacing
        spacing *= stride
        yield name, field, spacing


for name, field, spacing in fields(VARIANTS["features"]):
    print(f"{name}  感受野 {field} × {field}，错开 {spacing}")

# %% [markdown]
# 没有填充时，第 $i$ 个单元的感受野从第 $i \cdot s$ 个像素开始，都从 0 数起。
#
# ### 核对：翻转像素
#
# 不用公式也能量出感受野：翻转图像的一列（黑变白，白变黑），看某个单元的值变不变。变，这一列就在它的感受野里。下面取每一步正中的单元。网络没有训练过，图像是黑白的噪声；四幅图像、各个通道里有一个值变了就算变。

# %%
variant = VARIANTS["features"]
torch.manual_seed(0)
net = Net(variant, data.image_size, len(data.classes), data.channels)
noise = torch.rand(4, data.channels, height, width).round()  # 0 / 1


@torch.no_grad()
def middle(images):
    """每一步正中的单元 -> {名称: (行, 列, 值 (图像, 通道))}"""
    found = {}
    for name, maps in net.feature_steps(images):
        row, column = maps.shape[2] // 2, maps.shape[3] // 2
        found[name] = row, column, maps[:, :, row, column]
    return found

# %%
before = middle(noise)
seen = {name: [] for name in before}
for c in range(width):
    flipped = noise.clone()
    flipped[..., c] = 1 - flipped[..., c]
    for name, (_, _, values) in middle(flipped).items():
        if not torch.equal(values, before[name][2]):
            seen[name].append(c)

# %%
for name, field, spacing in fields(variant):
    unit, found = before[name][1], seen[name]
    print(f"{name} 第 {unit} 个单元 "
          f"量得：从第 {found[0]} 列起，共 {len(found)} 列；"
          f"算得：从第 {unit * spacing} 列起，共 {field} 列")

# %% [markdown]
# 再反过来：把感受野以外的像素全部翻转，单元的值一点也不变。

# %%
name, field, spacing = list(fields(variant))[3]  # 第二次池化之后
row, column, values = before[name]
top, left = row * spacing, column * spacing
flipped = 1 - noise
inside = (..., slice(top, top + field), slice(left, left + field))
flipped[inside] = noise[inside]
print(f"翻转了 {(flipped != noise).float().mean():.1%} 的像素")
same = torch.equal(middle(flipped)[name][2], values)
print(f"{name} 正中的单元不变：{same}")

# %% [markdown]
# 画在一幅测试图像上：每个框是一步里正中那个单元的感受野。

# %%
fig, ax = plt.subplots(figsize=(4.6, 4.6))
ax.imshow(data.test.images[0], cmap="gray")
ax.set(xticks=[], yticks=[])
colors = "#c2185b", "#0067a5", "#b34700", "#117733", "#332288", "#8a5a00"
for (name, field, spacing), color in zip(fields(variant), colors):
    row, column, _ = before[name]
    corner = column * spacing - 0.5, row * spacing - 0.5
    ax.add_patch(Rectangle(corner, field, field, fill=False, ec=color))
    ax.plot([], [], "s", mfc="none", color=color, label=f"{name}：{field}")
ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
show(fig, "测试图像上套着六个方框，从 conv1 到 pool3 越来越大")

# %% [markdown]
# ## 接下来
#
# - 把 `VARIANTS["features"]` 换成别的变体，先用纸笔算出感受野，再运行。
# - 给卷积加上 `padding=1`，输出的边长怎样变？感受野变不变？
# - 要让 `features` 最后的感受野盖住整幅图像，还要几块“卷积、池化”？图像够不够大？
# - 这些单元的特征图是什么样，见 [X6 特征图](../xo/feature-maps.md)。
