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
# # The assignment by hand
#
# Without this project's programs, with PyTorch and torchvision alone: from reading the images to looking at feature maps, step by step. Every cell can be changed and run again.
#
# To finish soon, only part of the images is used, in batches of 16 with a learning rate of 0.05: smaller batches give more updates from the same images, each with a shorter step. For the full settings (all images, batches of 64, learning rate 0.1, several random seeds) and their results see [X3 Training](../xo/training.md).

# %% [markdown]
# ## Data
#
# `ImageFolder` takes folder names for classes. `Grayscale` keeps one channel and `ToTensor` turns pixels into numbers from 0 to 1, where white is 1. The environment variable `XO_DATA` may name the folder of another data set with `train` and `test` in it.

# %%
import os
from base64 import b64encode
from io import BytesIO
from pathlib import Path

import matplotlib.pyplot as plt
import torch
from IPython.display import HTML, display
from torch import nn
from torchvision import datasets, transforms

SEED = 1
torch.manual_seed(SEED)
torch.set_num_threads(1)  # the same result on any number of cores

here = Path.cwd()
places = [folder / "data/xo" for folder in (here, *here.parents)]
root = Path(os.environ.get("XO_DATA")
            or next(place for place in places if place.is_dir()))

to_tensor = transforms.Compose([
    transforms.Grayscale(1),
    transforms.ToTensor(),
])
train = datasets.ImageFolder(root / "train", to_tensor)
test = datasets.ImageFolder(root / "test", to_tensor)
classes = train.classes
print(f"{len(train)} training and {len(test)} test images")
print("classes:", ", ".join(classes))


def show(fig, text):
    """Display a figure with a line of text for screen readers"""
    png = BytesIO()
    fig.savefig(png, dpi=100, bbox_inches="tight")
    plt.close(fig)
    data = b64encode(png.getvalue()).decode()
    display(HTML(f'<img alt="{text}" src="data:image/png;base64,{data}">'))

# %% [markdown]
# The images are small: take some at random and read them into memory once, so that no epoch has to decode them again.

# %%
def take(folder, count):
    """`count` random images -> (N, 1, H, W), (N,)"""
    chosen = torch.randperm(len(folder))[:count].tolist()
    images, labels = zip(*(folder[i] for i in chosen))
    return torch.stack(images), torch.tensor(labels)


train_images, train_labels = take(train, 640)
test_images, test_labels = take(test, 200)
print(train_images.shape, train_labels.shape)

# %%
fig, axes = plt.subplots(1, 6, figsize=(7, 1.5))
for ax, image, label in zip(axes, train_images, train_labels):
    ax.imshow(image[0], cmap="gray", vmin=0, vmax=1)
    ax.set_title(classes[label], fontsize=9)
for ax in axes:
    ax.axis("off")
show(fig, "Six training images with their classes")

# %% [markdown]
# ## Network
#
# Two blocks of convolution, pooling and ReLU, then three dense layers. `LazyLinear` needs no input size, it takes it from the shapes of the first forward pass; so one image goes first, and shows the shape after each layer.

# %%
net = nn.Sequential(
    nn.Conv2d(1, 9, 3), nn.MaxPool2d(2), nn.ReLU(),
    nn.Conv2d(9, 5, 3), nn.MaxPool2d(2), nn.ReLU(),
    nn.Flatten(),
    nn.LazyLinear(1200), nn.ReLU(),
    nn.Linear(1200, 64), nn.ReLU(),
    nn.Linear(64, len(classes)),
)

x = train_images[:1]
with torch.no_grad():
    for layer in net:
        x = layer(x)
        print(f"{layer.__class__.__name__:10} {tuple(x.shape)}")
print(f"{sum(p.numel() for p in net.parameters()):,} parameters")

# %% [markdown]
# ## Training
#
# Cross-entropy loss, stochastic gradient descent, learning rate 0.05. The images are shuffled anew in every epoch.

# %%
loss_function = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(net.parameters(), lr=0.05)
losses = []  # loss of each batch

for epoch in range(1, 6):
    for batch in torch.randperm(len(train_images)).split(16):
        scores = net(train_images[batch])  # (16, classes)
        loss = loss_function(scores, train_labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    per_epoch = len(losses) // epoch
    mean = sum(losses[-per_epoch:]) / per_epoch
    print(f"epoch {epoch}  mean loss {mean:.3f}")

# %% [markdown]
# The dashed line is the loss of guessing all classes alike, ln 2 or about 0.693 for two of them. A curve that keeps to the dashed line belongs to a network that has not learned yet: change `SEED` above, or train for more epochs, and look again. The `SEED` above was picked after trying a few.

# %%
chance = torch.tensor(float(len(classes))).log().item()

fig, ax = plt.subplots(figsize=(6, 2.6))
ax.plot(losses, lw=0.8)
ax.axhline(chance, color="gray", ls="--")
ax.set(xlabel="Batch", ylabel="Loss (nats)", ylim=(0, None))
show(fig, "Loss by batch, with the level of guessing dashed")

# %% [markdown]
# ## Test
#
# The test images took no part in training. First the accuracy over all of them, then a single one.

# %%
net.eval()
with torch.no_grad():
    probabilities = net(test_images).softmax(dim=1)
predicted = probabilities.argmax(dim=1)
right = (predicted == test_labels).sum().item()
accuracy = right / len(test_labels)
print(f"{right} of {len(test_labels)} right, accuracy {accuracy:.1%}")

# %%
i = 0
print("truth:", classes[test_labels[i]])
print("prediction:", classes[predicted[i]])
print(f"probability: {probabilities[i, predicted[i]]:.1%}")

fig, ax = plt.subplots(figsize=(1.8, 1.8))
ax.imshow(test_images[i, 0], cmap="gray", vmin=0, vmax=1)
ax.axis("off")
show(fig, "One test image")

# %% [markdown]
# ## Feature maps
#
# Send an image into the first block and stop after every step. Each picture is a channel; the rows are after convolution, pooling and ReLU. A row has one gray scale, and its range is written at the left.

# %%
def show_maps(rows, names):
    """One row per set of maps (C, H, W)"""
    fig, axes = plt.subplots(len(rows), len(rows[0]), squeeze=False,
                             figsize=(8, 0.98 * len(rows)))
    for line, maps, name in zip(axes, rows, names):
        low, high = maps.min().item(), maps.max().item()
        for ax, channel in zip(line, maps):
            ax.imshow(channel, cmap="gray", vmin=low, vmax=high)
            ax.set(xticks=[], yticks=[])
        label = f"{name}\n{low:.2f} to {high:.2f}"
        line[0].set_ylabel(label, fontsize=7)
    plt.tight_layout(pad=0.3)
    show(fig, "Feature maps, a row per step and a column per channel")


with torch.no_grad():
    convolved = net[0](test_images[:1])
    pooled = net[1](convolved)
    rectified = net[2](pooled)
show_maps([convolved[0], pooled[0], rectified[0]],
          ["conv1", "pool1", "relu1"])

# %% [markdown]
# Pooling first or ReLU first, the result is the same: ReLU never decreases, so the maximum may come before it or after it.

# %%
print(torch.equal(rectified, net[1](net[2](convolved))))

with torch.no_grad():
    second = net[3:6](rectified)
show_maps([second[0]], ["relu2"])

# %% [markdown]
# ## Kernels
#
# The first layer has nine 3×3 kernels. Red is positive, blue negative, white zero.

# %%
kernels = net[0].weight.detach()  # (9, 1, 3, 3)
limit = kernels.abs().max().item()

fig, axes = plt.subplots(1, 9, figsize=(8, 1.1))
for ax, kernel in zip(axes, kernels):
    ax.imshow(kernel[0], cmap="RdBu_r", vmin=-limit, vmax=limit)
    ax.set(xticks=[], yticks=[])
fig.suptitle(f"conv1, from {-limit:.2f} to {limit:.2f}", fontsize=9)
show(fig, "The nine kernels of the first layer")

# %% [markdown]
# ## Next
#
# - Try several `SEED`s and count how often it learns. This site does so too; [X5 Accuracy](../xo/accuracy.md) has the results.
# - Take out the two `MaxPool2d`, see how shapes and parameters change, and compare with [no pooling](../redesign/no-pooling.md).
# - Let `take` have all images and set the batch to 64 and the learning rate to 0.1: those are the assignment's settings.
