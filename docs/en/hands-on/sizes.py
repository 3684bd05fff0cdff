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
# # Sizes, parameters, receptive fields by hand
#
# Three things about a convolutional network can be worked out before any training: how large the output of each layer is, how many parameters it has, and how much of the image each unit sees. Here each is computed by a formula and then checked in a second way.

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
print(f"images {height} high and {width} wide, {len(data.classes)} classes")

# %% [markdown]
# ## How large is the output
#
# For an input with side $n$, a kernel with side $k$, stride $t$ and $p$ pixels of padding on each side, the side of the output is
#
# $$n' = \left\lfloor \frac{n + 2p - k}{t} \right\rfloor + 1$$
#
# The kernel's left edge may stop at $0, t, 2t, \dots$ as long as its right edge stays inside; $n'$ counts the stops. The formula is the same for convolution and pooling.

# %%
def out(n, kernel, stride=1, padding=0):
    """Side of the output for an input with side n"""
    return (n + 2 * padding - kernel) // stride + 1


h, w = height, width
for name, kernel, stride in [("conv1", 3, 1), ("pool1", 2, 2),
                             ("conv2", 3, 1), ("pool2", 2, 2)]:
    h, w = out(h, kernel, stride), out(w, kernel, stride)
    print(f"{name}  {h} × {w}")

# %% [markdown]
# A remainder is rounded down, and the rows and columns left over are dropped. Try 2×2 pooling on 5×5 numbers: none of the last row or the last column is ever used.

# %%
square = torch.arange(25.0).reshape(1, 5, 5)
print(square[0])
print(nn.MaxPool2d(2)(square)[0])

# %% [markdown]
# ### Check: send an empty tensor through
#
# {% if embedded %}The write-up made up an image, sent it through the layers and looked at how large it came out.{% else %}Make up an image, send it through the layers and look at how large it comes out.{% endif %} That is a good habit: it also shows up a formula that is wrong. PyTorch's meta device makes it cheaper still: a tensor there has a shape but no numbers, takes no memory and computes nothing.

# %%
with torch.device("meta"):
    x = torch.empty(1, data.channels, height, width)
    for layer in [nn.Conv2d(data.channels, 9, 3), nn.MaxPool2d(2),
                  nn.Conv2d(9, 5, 3), nn.MaxPool2d(2), nn.Flatten()]:
        x = layer(x)
        print(f"{layer.__class__.__name__:10} {tuple(x.shape)}")
print(f"device: {x.device}")
print(f"agrees with the formula: {x.numel() == 5 * h * w}")

# %% [markdown]
# ### Stop here: can it be 5×5×5
#
# {% if embedded %}One network of the write-up has three convolutions and gives its first dense layer 5×5×5 inputs.{% else %}Suppose a network has three convolutions and gives its first dense layer 5×5×5 inputs.{% endif %} There are indeed 5 channels. What about the sides?

# %%
def after_three(n):
    """The side after three times 3×3 convolution and 2×2 pooling"""
    for _ in range(3):
        n = out(out(n, 3), 2, 2)
    return n


print(f"the sides here: {after_three(height)} × {after_three(width)}")
fitting = [n for n in range(22, 513) if after_three(n) == 5]
print(f"to leave 5, the side of the image must be: {fitting}")

# %% [markdown]
# With this number wrong, the network stops as soon as it runs. The message has two shapes, and the second number of the first shape is what the layers before really sent:

# %%
maps = torch.zeros(1, 5, after_three(height), after_three(width))
try:
    nn.Linear(5 * 5 * 5, 480)(maps.flatten(1))
    print("no error here")
except RuntimeError as error:
    print(error)

# %% [markdown]
# ## How many parameters
#
# In a convolution with $C_\text{in}$ input and $C_\text{out}$ output channels, each output channel has a $k \times k$ kernel for each input channel, and one bias: $C_\text{out}(C_\text{in}k^2 + 1)$ parameters, whatever the size of the image. A dense layer with $F_\text{in}$ inputs and $F_\text{out}$ outputs has $F_\text{out}(F_\text{in} + 1)$; its inputs are the maps, so it grows with the image.

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
print(f"{'total':7} {total:>12,}")

# %% [markdown]
# One look tells which layer is the largest. To save parameters, begin with its inputs and outputs.
#
# ### Check: as this project counts
#
# Put the three rules together, so that they work for any row of the table of variants, and compare layer by layer with `xo.network.model.layers`. That function uses no formula: it builds an empty network and counts the weights that each layer really has. On the command line, `python -m xo list VARIANT` prints the same.

# %%
def steps(variant):
    """Convolutions and pooling: name, kernel, stride, parameters"""
    inputs = data.channels
    sizes = zip(variant.channels, variant.kernel_sizes)
    for k, (outputs, kernel) in enumerate(sizes, 1):
        yield f"conv{k}", kernel, 1, convolution(inputs, outputs, kernel)
        if variant.pool and kernel > 1:  # no pooling follows a 1×1 convolution
            # trained pooling: a 2×2 kernel and a bias per channel
            weights = outputs * (2 * 2 + 1)
            yield f"pool{k}", 2, 2, weights if variant.pool == "trained" else 0
        inputs = outputs

# %%
def by_hand(variant):
    """Name, output shape and parameters of each step"""
    h, w = height, width
    for name, kernel, stride, parameters in steps(variant):
        h, w = out(h, kernel, stride), out(w, kernel, stride)
        channels = variant.channels[int(name[-1]) - 1]
        yield name, (channels, h, w), parameters
    # global average pooling leaves one number per channel
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
        same = "agrees" if mine == counted else "differs"
        print(f"{name:16} {sum(row[2] for row in mine):>12,}  {same}")

# %% [markdown]
# ## Receptive fields and strides
#
# The receptive field of a unit is the part of the image that can change it. Work it out step by step: $r$ is the side of the field, the spacing $s$ the number of pixels by which the fields of neighboring units are apart, and both begin at 1. A step with kernel $k$ and stride $t$ makes of them
#
# $$r' = r + (k - 1)\,s, \qquad s' = s\,t$$
#
# A kernel spans $k$ units, the first and the last of them $(k - 1)\,s$ pixels apart, and the field grows by that much. A stride leaves the field of its own step as it is, but makes every later step grow faster.

# %%
def fields(variant):
    """After each step: name, side of the field, pixels between neighbors"""
    field, spacing = 1, 1
    for name, kernel, stride, _ in steps(variant):
        field += (kernel - 1) * spacing
        spacing *= stride
        yield name, field, spacing


for name, field, spacing in fields(VARIANTS["features"]):
    print(f"{name}  field {field} × {field}, neighbors {spacing} apart")

# %% [markdown]
# Without padding, the pixel where the field of unit $i$ begins is $i \cdot s$, both counted from 0.
#
# ### Check: flip pixels
#
# A receptive field can be measured without any formula: flip one column of the image, black to white and white to black, and see whether a unit changes. If it does, the column lies in its field. Below it is the unit in the middle of each step. The network is untrained and the images are black and white noise; a column counts when the unit changes in any of four images and any channel.

# %%
variant = VARIANTS["features"]
torch.manual_seed(0)
net = Net(variant, data.image_size, len(data.classes), data.channels)
noise = torch.rand(4, data.channels, height, width).round()  # 0 / 1


@torch.no_grad()
def middle(images):
    """Units in the middle -> {step: (row, column, values (N, C))}"""
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
    print(f"{name} unit {unit}  "
          f"measured: {len(found)} columns from {found[0]}; "
          f"computed: {field} columns from {unit * spacing}")

# %% [markdown]
# The other way round: flip every pixel outside the field, and the unit does not change at all.

# %%
name, field, spacing = list(fields(variant))[3]  # after the second pooling
row, column, values = before[name]
top, left = row * spacing, column * spacing
flipped = 1 - noise
inside = (..., slice(top, top + field), slice(left, left + field))
flipped[inside] = noise[inside]
print(f"flipped {(flipped != noise).float().mean():.1%} of the pixels")
same = torch.equal(middle(flipped)[name][2], values)
print(f"middle unit of {name} unchanged: {same}")

# %% [markdown]
# Drawn on a test image, each frame is the receptive field of the middle unit of a step.

# %%
fig, ax = plt.subplots(figsize=(4.6, 4.6))
ax.imshow(data.test.images[0], cmap="gray")
ax.set(xticks=[], yticks=[])
colors = "#c2185b", "#0067a5", "#b34700", "#117733", "#332288", "#8a5a00"
for (name, field, spacing), color in zip(fields(variant), colors):
    row, column, _ = before[name]
    corner = column * spacing - 0.5, row * spacing - 0.5
    ax.add_patch(Rectangle(corner, field, field, fill=False, ec=color))
    ax.plot([], [], "s", mfc="none", color=color, label=f"{name}: {field}")
ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
show(fig, "A test image with six frames that grow from conv1 to pool3")

# %% [markdown]
# ## Next
#
# - Put another variant in place of `VARIANTS["features"]`, work its fields out on paper, then run it.
# - Give the convolutions `padding=1`. How do the sides of the output change? And the fields?
# - How many more blocks of convolution and pooling would it take for the last field of `features` to cover the image? Is the image large enough for them?
# - What the maps of these units look like is shown in [X6 Feature maps](../xo/feature-maps.md).
