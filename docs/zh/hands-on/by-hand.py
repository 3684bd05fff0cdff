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
# # 手工做一遍作业
#
# 不用本项目的程序，只用 PyTorch 和 torchvision，从读图像到看特征图，一步一步做完。每一格都可以改了再运行。
#
# 为了很快跑完，这里只取一部分图像，每批 16 幅，学习率 0.05：批小，同样多的图像就能更新更多次，每次走得短一些。完整的设置（全部图像，每批 64 幅，学习率 0.1，多个随机种子）及其结果见 [X3 训练](../xo/training.md)。

# %% [markdown]
# ## 数据
#
# `ImageFolder` 把文件夹名当作类别。`Grayscale` 只留一个通道，`ToTensor` 把像素变成 0 到 1 之间的数，白是 1。环境变量 `XO_DATA` 可以换成另一个数据集的文件夹，里面要有 `train` 和 `test`。

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
torch.set_num_threads(1)  # 结果不随核数变化

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
    """显示一幅图，并给读屏软件一句说明"""
    png = BytesIO()
    fig.savefig(png, dpi=100, bbox_inches="tight")
    plt.close(fig)
    data = b64encode(png.getvalue()).decode()
    display(HTML(f'<img alt="{text}" src="data:image/png;base64,{data}">'))

# %% [markdown]
# 图像不大，随机取一部分，一次读进内存，后面每一轮就不用再解码。

# %%
def take(folder, count):
    """随机取 count 幅 -> (N, 1, H, W)，(N,)"""
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
show(fig, "六幅训练图像，上方是类别")

# %% [markdown]
# ## 网络
#
# 两块“卷积、池化、ReLU”，再加三个全连接层。`LazyLinear` 的输入个数不必写，第一次前向传播时由形状得出；所以先送一幅图像过去，顺便看每一层的形状。

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
# ## 训练
#
# 交叉熵损失，随机梯度下降，学习率 0.05。每一轮都重新打乱。

# %%
loss_function = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(net.parameters(), lr=0.05)
losses = []  # 每批的损失

for epoch in range(1, 6):
    for batch in torch.randperm(len(train_images)).split(16):
        scores = net(train_images[batch])  # (16, 类别数)
        loss = loss_function(scores, train_labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    per_epoch = len(losses) // epoch
    mean = sum(losses[-per_epoch:]) / per_epoch
    print(f"epoch {epoch}  mean loss {mean:.3f}")

# %% [markdown]
# 虚线是一视同仁地瞎猜时的损失，两类时为 ln 2，约 0.693。曲线若一直贴着虚线，网络就还没有学会：把上面的 `SEED` 换一个数，或多训练几轮，再看。这里的 `SEED` 是试过几个之后挑的。

# %%
chance = torch.tensor(float(len(classes))).log().item()

fig, ax = plt.subplots(figsize=(6, 2.6))
ax.plot(losses, lw=0.8)
ax.axhline(chance, color="gray", ls="--")
ax.set(xlabel="Batch", ylabel="Loss (nats)", ylim=(0, None))
show(fig, "每批的损失，虚线是瞎猜的水平")

# %% [markdown]
# ## 测试
#
# 测试图像没有参与训练。先看全部图像的准确率，再看一幅。

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
show(fig, "一幅测试图像")

# %% [markdown]
# ## 特征图
#
# 把一幅图像送进第一块，每一步停下来看。一幅图是一个通道；三行依次是卷积、池化、ReLU 之后。同一行用同一灰度，比例写在左边。

# %%
def show_maps(rows, names):
    """每行一组特征图 (C, H, W)"""
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
    show(fig, "特征图，每行一步，每列一个通道")


with torch.no_grad():
    convolved = net[0](test_images[:1])
    pooled = net[1](convolved)
    rectified = net[2](pooled)
show_maps([convolved[0], pooled[0], rectified[0]],
          ["conv1", "pool1", "relu1"])

# %% [markdown]
# 先池化还是先 ReLU，结果一样：ReLU 不减，取最大值可以放在它前面或后面。

# %%
print(torch.equal(rectified, net[1](net[2](convolved))))

with torch.no_grad():
    second = net[3:6](rectified)
show_maps([second[0]], ["relu2"])

# %% [markdown]
# ## 卷积核
#
# 第一层有 9 个 3×3 的核。红为正，蓝为负，白为零。

# %%
kernels = net[0].weight.detach()  # (9, 1, 3, 3)
limit = kernels.abs().max().item()

fig, axes = plt.subplots(1, 9, figsize=(8, 1.1))
for ax, kernel in zip(axes, kernels):
    ax.imshow(kernel[0], cmap="RdBu_r", vmin=-limit, vmax=limit)
    ax.set(xticks=[], yticks=[])
fig.suptitle(f"conv1, from {-limit:.2f} to {limit:.2f}", fontsize=9)
show(fig, "第一层的九个卷积核")

# %% [markdown]
# ## 接下来
#
# - 换几个 `SEED`，数一数几次学会。本站也这样做，结果在 [X5 准确率](../xo/accuracy.md)。
# - 去掉两个 `MaxPool2d`，看形状和参数怎样变化，再对照[去掉池化](../redesign/no-pooling.md)。
# - 把 `take` 的幅数改为全部，批改为 64，学习率改为 0.1，这就是作业的设置。
