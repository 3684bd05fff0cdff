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
# # All of it by hand
#
# From reading the images to looking at the kernels, step by step with PyTorch and torchvision. On the way we stop at places where it is easy to go wrong. {% if embedded %}All of them are in the original write-up; {% endif %}anyone could be caught by them, and each is easy to avoid once seen.
#
# To finish soon, only part of the images is used, in batches of 8: smaller batches give more updates from the same images. For the full settings (all images, batches of 64, several random seeds) and their results see [X3 Training](../xo/training.md).
#
# This project's own programs do two small things here: {% if embedded %}they draw the images where there are none{% else %}they find the images of {{ data }}{% endif %}, and they show pictures with a line of text for those who cannot see them. For how to install them, see [Reproduce](reproduce.md).

# %%
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import torch
from safetensors.torch import load_file, save_file
from torch import nn
from torchvision import datasets, transforms

from report_builder.pages.notebook_helpers import data_set, show, use_font

SEED = 1
torch.manual_seed(SEED)
torch.set_num_threads(1)  # the same result on any number of cores
use_font()

# %% [markdown]
# ## Data
#
# `ImageFolder` takes folder names for classes. {% if in_color %}The images are in color and have three channels, red, green and blue; `ToTensor` turns the values of each into numbers from 0 to 1.{% else %}`Grayscale` keeps one channel and `ToTensor` turns pixels into numbers from 0 to 1, where white is 1.{% endif %} To use images of your own, set the environment variable `XO_DATA` to their folder, with `train` and `test` in it.

# %%
data = data_set()
root = data.root  # the folder of the images
to_gray = [transforms.Grayscale(1)] if data.channels == 1 else []
to_tensor = transforms.Compose([*to_gray, transforms.ToTensor()])
train = datasets.ImageFolder(root / "train", to_tensor)
test = datasets.ImageFolder(root / "test", to_tensor)
classes = train.classes
print(f"{len(train)} training and {len(test)} test images")
print(f"classes: {', '.join(classes)}")

# %% [markdown]
# The images are small: take some at random and read them into memory once, so that no epoch has to decode them again.

# %%
def take(folder, count):
    """`count` random images -> (N, C, H, W), (N,)"""
    chosen = torch.randperm(len(folder))[:count].tolist()
    images, labels = zip(*(folder[i] for i in chosen))
    return torch.stack(images), torch.tensor(labels)


train_images, train_labels = take(train, 320)
test_images, test_labels = take(test, 200)
print(tuple(train_images.shape), tuple(train_labels.shape))

# %%
def show_images(images, labels, alt):
    """A row of images with their labels above"""
    fig, axes = plt.subplots(1, len(images), squeeze=False,
                             figsize=(1.2 * len(images), 1.5))
    for ax, image, label in zip(axes[0], images, labels):
        ax.imshow(image.permute(1, 2, 0), cmap="gray", vmin=0, vmax=1)
        ax.set_title(label, fontsize=9)
        ax.set(xticks=[], yticks=[])
    return show(fig, alt)


names = [classes[k] for k in train_labels[:6]]
show_images(train_images[:6], names, "Six training images with their classes")

# %% [markdown]
# ### Stop here: one folder too high
#
# Write `root` instead of `root / "train"` and the program runs on without an error. See what the classes have become:

# %%
too_high = datasets.ImageFolder(root)
counts = torch.tensor(too_high.targets).bincount()
shares = counts / counts.sum()
entropy = -(shares * shares.log()).sum()
print(f"classes: {', '.join(too_high.classes)}")
print(f"images: {', '.join(map(str, counts.tolist()))}")
print(f"loss of guessing by the shares alone: {entropy:.4f}")

# %% [markdown]
# Now the network is asked which folder an image came from, not what is drawn on it. The image does not show that, so the loss tends to stay near the level of guessing by the shares, unless the network learns the images by heart one by one. {% if embedded %}Two logs of the write-up fit the right data neither in rows per epoch nor in loss, and this may be how they came about; [Three convolutions](../redesign/three-layers.md) puts the guess to the test.{% else %}What comes of such training is shown for [three convolutions, wrong folder](../variants/three-conv-wrong-folder.md).{% endif %}
#
# One line avoids it: print the classes and their numbers before training.

# %% [markdown]
# ## Network
#
# Two blocks of convolution, pooling and ReLU, then three dense layers. How many inputs the first dense layer has depends on the size of the maps before it, and no other number is so easily wrong. `LazyLinear` can do without: it learns the number from the shape of the first image that comes through. How to work it out yourself is the subject of [Sizes, parameters, receptive fields by hand](sizes.ipynb).

# %%
net = nn.Sequential(
    nn.Conv2d(data.channels, 9, 3), nn.MaxPool2d(2), nn.ReLU(),
    nn.Conv2d(9, 5, 3), nn.MaxPool2d(2), nn.ReLU(),
    nn.Flatten(),
    nn.LazyLinear(1200), nn.ReLU(),
    nn.Linear(1200, 64), nn.ReLU(),
    nn.Linear(64, len(classes)),
)

# %%
x = train_images[:1]
with torch.no_grad():
    for layer in net:
        x = layer(x)
        print(f"{layer.__class__.__name__:10} {tuple(x.shape)}")
print(f"{sum(p.numel() for p in net.parameters()):,} parameters")

# %% [markdown]
# ## Training
#
# Cross-entropy loss, stochastic gradient descent, learning rate 0.1. The images are shuffled anew in every epoch.

# %%
loss_function = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
losses = []  # loss of each batch

for epoch in range(1, 4):
    for batch in torch.randperm(len(train_images)).split(8):
        scores = net(train_images[batch])  # (8, classes)
        loss = loss_function(scores, train_labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    per_epoch = len(losses) // epoch
    mean = sum(losses[-per_epoch:]) / per_epoch
    print(f"epoch {epoch}  mean loss {mean:.3f}")

# %% [markdown]
# The dashed line is the loss of guessing all classes alike, $\ln 2$ or about 0.693 for two of them. A curve that stays on the dashed line has not left it yet: change `SEED` above, or train for more epochs, and look again. One that had left it and lies on it again has most likely [collapsed](../concepts/training.md): only a different `SEED` helps. The `SEED` above was picked after trying a few, so this page cannot tell how easily such a network learns; [many seeds](../xo/accuracy.md) can.

# %%
chance = torch.tensor(float(len(classes))).log().item()

fig, ax = plt.subplots(figsize=(6.6, 2.6))
ax.plot(losses, lw=0.8, color="#332288")
ax.axhline(chance, color="#63666a", ls="--")
ax.set(xlabel="Batch", ylabel="Loss (nats)", ylim=(0, None))
show(fig, "Loss by batch, with the level of guessing dashed")

# %% [markdown]
# ### Stop here: the printed loss is off by a factor of ten
#
# {% if embedded %}The write-up prints a row every 10 batches. It adds their losses up and divides by 100.{% else %}Suppose a program prints a row every 10 batches, adds their losses up and divides by 100.{% endif %} Try this on the first 10 batches above:

# %%
first = losses[:10]
print(f"divided by {len(first)}, the mean       {sum(first) / len(first):.3f}")
print(f"divided by 100, a tenth of it {sum(first) / 100:.3f}")
print(f"guessing, divided by 100      {chance / 10:.3f}")

# %% [markdown]
# Dividing by 100 gives a tenth. Even a network that is stuck at guessing prints small numbers, as if it had learned. Divide by the number of batches that were added, and compare with the level of guessing.
#
# ### Stop here: keep the weights, not the object
#
# `torch.save(net)` pickles the whole object. Reading it back takes the same class definition, and reading a file from someone else means running their code. For that reason `torch.load` has refused such files by default since PyTorch 2.6:

# %%
with tempfile.TemporaryDirectory() as folder:
    file = Path(folder) / "whole.pt"
    torch.save(net, file)
    try:
        torch.load(file)
    except Exception as error:
        print(type(error).__name__, str(error).partition(".")[0])

# %% [markdown]
# It takes `weights_only=False` to read it, which also runs the code in the file. The weights alone have neither problem: a safetensors file holds numbers and nothing else.

# %%
with tempfile.TemporaryDirectory() as folder:
    file = Path(folder) / "weights.safetensors"
    save_file(net.state_dict(), file)
    read = load_file(file)
    print(f"{file.stat().st_size / 1e6:.1f} MB")

for name, weight in net.state_dict().items():
    print(name, tuple(weight.shape), torch.equal(read[name], weight))

# %% [markdown]
# To use them, build a network of the same structure and call `net.load_state_dict(read)`.
#
# ## Test
#
# The test images took no part in training. Accuracy is the share of right answers, and belongs together with the number of images it was measured on.

# %%
net.eval()
with torch.no_grad():
    probabilities = net(test_images).softmax(dim=1)
predicted = probabilities.argmax(dim=1)
right, n = (predicted == test_labels).sum().item(), len(test_labels)
print(f"{right} of {n} right, accuracy {right / n:.1%}")

# %% [markdown]
# Accuracy does not say what went wrong. Look at the wrong answers, six at the most (or, if there are none, at the first six images); the truth stands above, the prediction behind the arrow:

# %%
wrong = (predicted != test_labels).nonzero()[:, 0].tolist()
chosen = (wrong or range(n))[:6]
truths = [classes[k] for k in test_labels[chosen]]
answers = [classes[k] for k in predicted[chosen]]
labels = [f"{t}\n→ {a}" for t, a in zip(truths, answers)]
print(f"{len(wrong)} wrong")
show_images(test_images[chosen], labels, "Test images, truth and prediction")

# %% [markdown]
# A single image with its prediction and the probabilities:

# %%
i = 0
print(f"truth: {classes[test_labels[i]]}")
for name, probability in zip(classes, probabilities[i]):
    print(f"{name}  {probability:.1%}")
guess = classes[predicted[i]]
show_images(test_images[[i]], [guess], "A test image with its predicted class")

# %% [markdown]
# ## Feature maps
#
# Send an image into the first block and stop after every step. A column is a channel; the rows are after convolution, pooling and ReLU. No second network class is needed: `nn.Sequential` can be used layer by layer.

# %%
def show_maps(rows, alt, own_scale=False):
    """A row per set of maps (C, H, W), with one gray scale or many"""
    columns = len(next(iter(rows.values())))
    fig, axes = plt.subplots(len(rows), columns, squeeze=False,
                             figsize=(0.8 * columns + 0.8, 0.95 * len(rows)))
    for line, (name, maps) in zip(axes, rows.items()):
        low, high = maps.min().item(), maps.max().item()
        scale = {} if own_scale else {"vmin": low, "vmax": high}
        for ax, channel in zip(line, maps):
            ax.imshow(channel, cmap="gray", **scale)
            ax.set(xticks=[], yticks=[])
        text = "one each" if own_scale else f"{low:.2f} to {high:.2f}"
        line[0].set_ylabel(f"{name}\n{text}", fontsize=8, rotation=0,
                           ha="right", va="center")
    fig.tight_layout(pad=0.3)
    return show(fig, alt)

# %%
with torch.no_grad():
    convolved = net[0](test_images[:1])
    pooled = net[1](convolved)
    rectified = net[2](pooled)
maps = {"conv1": convolved[0], "pool1": pooled[0], "relu1": rectified[0]}
show_maps(maps, "Feature maps of the first block, a row per step")

# %% [markdown]
# Each row has one gray scale, with its range at the left, so that light and dark can be compared within a row.
#
# ### Stop here: a scale for every channel
#
# Without `vmin` and `vmax`, `imshow` lets every picture run from black to white. The same numbers again:

# %%
show_maps({"relu1": rectified[0]}, "The same maps, each on its own scale",
          own_scale=True)

# %% [markdown]
# Drawn like this, a channel that hardly varies looks as pronounced as any other, and channels can no longer be compared. {% if embedded %}The write-up draws its maps this way. {% endif %}Shapes can still be read off; for strength look for a common scale.
#
# ### Pooling first or ReLU first
#
# {% if embedded %}The write-up has{% else %}Networks commonly have{% endif %} ReLU before pooling, here it is the other way round. The result is the same: ReLU keeps the order of values, so the maximum may be taken before it or after it. With pooling first, ReLU has a quarter of the work.

# %%
print(torch.equal(rectified, net[1](net[2](convolved))))

with torch.no_grad():
    second = net[3:6](rectified)
show_maps({"relu2": second[0]}, "Feature maps after the second block")

# %% [markdown]
# ## Kernels
#
# The first layer has nine kernels{% if in_color %} of three parts, for red, green and blue, of 3×3 each; a row is a color. In the picture, red{% else %} of 3×3. Red{% endif %} is positive, blue negative, white zero.

# %%
def show_kernels(weight, alt):
    """Kernels (rows, columns, 3, 3), set out as a table"""
    weight, limit = weight.detach(), weight.abs().max().item()
    rows, columns = weight.shape[:2]
    fig, axes = plt.subplots(rows, columns, squeeze=False,
                             figsize=(0.8 * columns, 0.8 * rows + 0.3))
    for line, kernels in zip(axes, weight):
        for ax, kernel in zip(line, kernels):
            ax.imshow(kernel, cmap="RdBu_r", vmin=-limit, vmax=limit)
            ax.set(xticks=[], yticks=[])
    fig.suptitle(f"{-limit:.2f} to {limit:.2f}", fontsize=9)
    return show(fig, alt)


show_kernels(net[0].weight.transpose(0, 1), "The kernels of the first layer")

# %% [markdown]
# In the second layer every output channel has a kernel for each of the 9 input channels; their results are added up, and a bias to them. That makes 5×9 kernels. Below, a row is an output channel and a column an input channel.

# %%
show_kernels(net[3].weight, "The kernels of the second layer, a row per output")

# %% [markdown]
# ## Next
#
# - Try several `SEED`s and count how often it learns. This site does so too; [X5 Accuracy](../xo/accuracy.md) has the results.
# - Take out the two `MaxPool2d`, see how shapes and parameters change, and compare with [no pooling](../redesign/no-pooling.md).
# - Let `take` have all images, set the batch to 64 and the epochs to 10: those are the settings of {% if embedded %}the assignment{% else %}this site{% endif %}.
# - Let the programs do this for you: [Your own variant](own-variant.ipynb).
