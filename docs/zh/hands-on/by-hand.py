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
# # 手工做一遍
#
# 从读图像到看卷积核，用 PyTorch 和 torchvision 一步一步做完。途中会停下来看几处容易出错的地方：{% if embedded %}原报告里都有，{% endif %}谁都可能遇到，看清楚了就不难避开。
#
# 为了很快跑完，这里只取一部分图像，每批 8 幅：批小，同样多的图像就能更新更多次。完整的设置（全部图像，每批 64 幅，多个随机种子）及其结果见 [X3 训练](../xo/training.md)。
#
# 本项目的程序在这里只做两件小事：{% if embedded %}没有图像时把图像画出来{% else %}找到 {{ data }} 的图像{% endif %}；显示图时附上一句文字说明，并用带汉字的字体。安装的方法见[复现](reproduce.md)。

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
torch.set_num_threads(1)  # 结果不随核数变化
use_font()

# %% [markdown]
# ## 数据
#
# `ImageFolder` 把文件夹名当作类别。{% if in_color %}图像是彩色的，有红、绿、蓝三个通道；`ToTensor` 把每个通道的值变成 0 到 1 之间的数。{% else %}`Grayscale` 只留一个通道，`ToTensor` 把像素变成 0 到 1 之间的数，白是 1。{% endif %}要换成自己的图像，就把环境变量 `XO_DATA` 设为它的文件夹，里面要有 `train` 和 `test`。

# %%
data = data_set()
root = data.root  # 图像所在的文件夹
to_gray = [transforms.Grayscale(1)] if data.channels == 1 else []
to_tensor = transforms.Compose([*to_gray, transforms.ToTensor()])
train = datasets.ImageFolder(root / "train", to_tensor)
test = datasets.ImageFolder(root / "test", to_tensor)
classes = train.classes
print(f"训练 {len(train)} 幅，测试 {len(test)} 幅")
print(f"类别：{'、'.join(classes)}")

# %% [markdown]
# 图像不大，随机取一部分，一次读进内存，后面每一轮就不用再解码。

# %%
def take(folder, count):
    """随机取 count 幅 -> (N, C, H, W)，(N,)"""
    chosen = torch.randperm(len(folder))[:count].tolist()
    images, labels = zip(*(folder[i] for i in chosen))
    return torch.stack(images), torch.tensor(labels)


train_images, train_labels = take(train, 320)
test_images, test_labels = take(test, 200)
print(tuple(train_images.shape), tuple(train_labels.shape))

# %%
def show_images(images, labels, alt):
    """一行图像，类别写在上方"""
    fig, axes = plt.subplots(1, len(images), squeeze=False,
                             figsize=(1.2 * len(images), 1.5))
    for ax, image, label in zip(axes[0], images, labels):
        ax.imshow(image.permute(1, 2, 0), cmap="gray", vmin=0, vmax=1)
        ax.set_title(label, fontsize=9)
        ax.set(xticks=[], yticks=[])
    return show(fig, alt)


names = [classes[k] for k in train_labels[:6]]
show_images(train_images[:6], names, "六幅训练图像，上方是类别")

# %% [markdown]
# ### 停一下：路径高了一层
#
# 把 `root / "train"` 写成 `root`，程序照样运行，不报错。看看类别变成了什么：

# %%
too_high = datasets.ImageFolder(root)
counts = torch.tensor(too_high.targets).bincount()
shares = counts / counts.sum()
entropy = -(shares * shares.log()).sum()
print(f"类别：{'、'.join(too_high.classes)}")
print(f"幅数：{'、'.join(map(str, counts.tolist()))}")
print(f"只按比例猜，损失是 {entropy:.4f}")

# %% [markdown]
# 这时网络要回答的是“这幅图像来自哪个文件夹”，而不是图上画的是什么。图像本身看不出答案，损失多半停在按比例猜的水平附近，除非网络把图像一幅一幅背下来。{% if embedded %}原报告有两份日志，每轮的行数和损失都对不上正确的数据，可能就是这样来的；[三层卷积](../redesign/three-layers.md)一页检验了这个猜想。{% else %}这样训练的结果，见[文件夹取错的三层网络](../variants/three-conv-wrong-folder.md)。{% endif %}
#
# 避免的办法只要一行：训练之前先打印类别和幅数。

# %% [markdown]
# ## 网络
#
# 两块“卷积、池化、ReLU”，再加三个全连接层。第一个全连接层有多少个输入，要看前面的特征图剩下多大，这是最容易写错的一个数；`LazyLinear` 可以不写，等第一幅图像送过去时由形状得出。怎样自己算出来，见[手算尺寸、参数和感受野](sizes.ipynb)。

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
print(f"共 {sum(p.numel() for p in net.parameters()):,} 个参数")

# %% [markdown]
# ## 训练
#
# 交叉熵损失，随机梯度下降，学习率 0.1。每一轮都重新打乱。

# %%
loss_function = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
losses = []  # 每批的损失

for epoch in range(1, 4):
    for batch in torch.randperm(len(train_images)).split(8):
        scores = net(train_images[batch])  # (8, 类别数)
        loss = loss_function(scores, train_labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    per_epoch = len(losses) // epoch
    mean = sum(losses[-per_epoch:]) / per_epoch
    print(f"第 {epoch} 轮  平均损失 {mean:.3f}")

# %% [markdown]
# 虚线是一视同仁地随机猜测时的损失，两类时是 $\ln 2$，约 0.693。曲线若一直贴着虚线，就还没有离开随机猜测：把上面的 `SEED` 换一个数，或多训练几轮，再看。若离开过又落回虚线，多半是[崩溃](../concepts/training.md)了，只有换 `SEED` 才行。这里的 `SEED` 是试过几个之后挑的，所以这一页不能说明网络有多容易学会；那要看[许多个种子](../xo/accuracy.md)。

# %%
chance = torch.tensor(float(len(classes))).log().item()

fig, ax = plt.subplots(figsize=(6.6, 2.6))
ax.plot(losses, lw=0.8, color="#332288")
ax.axhline(chance, color="#63666a", ls="--")
ax.set(xlabel="批", ylabel="损失（nat）", ylim=(0, None))
show(fig, "每批的损失，虚线是随机猜测的水平")

# %% [markdown]
# ### 停一下：打印出来的损失差了十倍
#
# {% if embedded %}原报告每 10 批打印一次，{% else %}假如程序每 10 批打印一次，{% endif %}把这 10 批的损失加起来，却除以 100。拿上面最初的 10 批试试：

# %%
first = losses[:10]
print(f"除以 {len(first)}，平均损失    {sum(first) / len(first):.3f}")
print(f"除以 100，只有十分之一  {sum(first) / 100:.3f}")
print(f"随机猜测时，也除以 100  {chance / 10:.3f}")

# %% [markdown]
# 除以 100 只得到十分之一。停在随机猜测水平的网络，打印出来的损失也显得很小，好像已经学会了。损失最好除以实际的批数，再和随机猜测的水平比一比。
#
# ### 停一下：保存权重，而不是整个对象
#
# `torch.save(net)` 用 pickle 保存整个对象：读回时必须有同样的类定义，而且读别人给的文件等于运行别人的代码。从 PyTorch 2.6 起，`torch.load` 因此默认拒绝这样的文件：

# %%
with tempfile.TemporaryDirectory() as folder:
    file = Path(folder) / "whole.pt"
    torch.save(net, file)
    try:
        torch.load(file)
    except Exception as error:
        print(type(error).__name__, str(error).partition(".")[0])

# %% [markdown]
# 加上 `weights_only=False` 才读得回来，那样也就运行了文件里的代码。只保存权重就没有这些问题。safetensors 文件里只有数。

# %%
with tempfile.TemporaryDirectory() as folder:
    file = Path(folder) / "weights.safetensors"
    save_file(net.state_dict(), file)
    read = load_file(file)
    print(f"{file.stat().st_size / 1e6:.1f} MB")

for name, weight in net.state_dict().items():
    print(name, tuple(weight.shape), torch.equal(read[name], weight))

# %% [markdown]
# 要用的时候，先按同样的结构建好网络，再 `net.load_state_dict(read)`。
#
# ## 测试
#
# 测试图像没有参与训练。准确率是答对的比例，和它一起要写上一共有多少幅。

# %%
net.eval()
with torch.no_grad():
    probabilities = net(test_images).softmax(dim=1)
predicted = probabilities.argmax(dim=1)
right, n = (predicted == test_labels).sum().item(), len(test_labels)
print(f"{n} 幅里答对 {right} 幅，准确率 {right / n:.1%}")

# %% [markdown]
# 只看准确率，不知道错在哪里。把答错的找出来看（最多六幅；一幅也没有错，就看前六幅），上面是真实的类别，箭头后面是预测：

# %%
wrong = (predicted != test_labels).nonzero()[:, 0].tolist()
chosen = (wrong or range(n))[:6]
truths = [classes[k] for k in test_labels[chosen]]
answers = [classes[k] for k in predicted[chosen]]
labels = [f"{t}\n→ {a}" for t, a in zip(truths, answers)]
print(f"答错 {len(wrong)} 幅")
show_images(test_images[chosen], labels, "测试图像，上方是真实和预测的类别")

# %% [markdown]
# 单独一幅图像，预测和概率是这样的：

# %%
i = 0
print(f"真实：{classes[test_labels[i]]}")
for name, probability in zip(classes, probabilities[i]):
    print(f"{name}  {probability:.1%}")
guess = classes[predicted[i]]
show_images(test_images[[i]], [guess], "一幅测试图像，上方是预测的类别")

# %% [markdown]
# ## 特征图
#
# 把一幅图像送进第一块，每一步停下来看。一列是一个通道；三行依次是卷积、池化、ReLU 之后。不必另写一个网络类，`nn.Sequential` 可以一层一层地用。

# %%
def show_maps(rows, alt, own_scale=False):
    """每行一组特征图 (C, H, W)；own_scale 时各通道自用一个灰度"""
    columns = len(next(iter(rows.values())))
    fig, axes = plt.subplots(len(rows), columns, squeeze=False,
                             figsize=(0.8 * columns + 0.8, 0.95 * len(rows)))
    for line, (name, maps) in zip(axes, rows.items()):
        low, high = maps.min().item(), maps.max().item()
        scale = {} if own_scale else {"vmin": low, "vmax": high}
        for ax, channel in zip(line, maps):
            ax.imshow(channel, cmap="gray", **scale)
            ax.set(xticks=[], yticks=[])
        text = "各用一个" if own_scale else f"{low:.2f} 到 {high:.2f}"
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
show_maps(maps, "第一块的特征图，每行一步，每列一个通道")

# %% [markdown]
# 同一行用同一个灰度，范围写在左边：黑白的深浅在一行里可以比较。
#
# ### 停一下：每个通道各用一个灰度
#
# 不写 `vmin` 和 `vmax` 时，`imshow` 让每幅图自己从黑到白。下面是同样的数：

# %%
show_maps({"relu1": rectified[0]}, "同样的特征图，每个通道各用一个灰度",
          own_scale=True)

# %% [markdown]
# 这样画，起伏很小的通道看上去和别的一样分明，通道之间就没法比了。{% if embedded %}原报告的图就是这样画的。{% endif %}形状可以照看，强弱要看有没有共同的尺度。
#
# ### 先池化还是先 ReLU
#
# {% if embedded %}原报告{% else %}常见的网络{% endif %}先 ReLU 再池化，这里反过来。结果一样：ReLU 不改变大小的次序，取最大值放在它前面或后面都行，先池化只要算四分之一。

# %%
print(torch.equal(rectified, net[1](net[2](convolved))))

with torch.no_grad():
    second = net[3:6](rectified)
show_maps({"relu2": second[0]}, "第二块之后的特征图，每列一个通道")

# %% [markdown]
# ## 卷积核
#
# 第一层有 9 个核{% if in_color %}，每个有红、绿、蓝三部分，各 3×3，一行是一种颜色。图中{% else %}，都是 3×3。{% endif %}红为正，蓝为负，白为零。

# %%
def show_kernels(weight, alt):
    """卷积核 (行, 列, 3, 3)，排成一张表"""
    weight, limit = weight.detach(), weight.abs().max().item()
    rows, columns = weight.shape[:2]
    fig, axes = plt.subplots(rows, columns, squeeze=False,
                             figsize=(0.8 * columns, 0.8 * rows + 0.3))
    for line, kernels in zip(axes, weight):
        for ax, kernel in zip(line, kernels):
            ax.imshow(kernel, cmap="RdBu_r", vmin=-limit, vmax=limit)
            ax.set(xticks=[], yticks=[])
    fig.suptitle(f"{-limit:.2f} 到 {limit:.2f}", fontsize=9)
    return show(fig, alt)


show_kernels(net[0].weight.transpose(0, 1), "第一层的九个卷积核")

# %% [markdown]
# 第二层的每个输出通道对 9 个输入通道各有一个核，各自的结果相加，再加一个偏置，所以一共 5×9 个核。下面一行是一个输出通道，一列是一个输入通道。

# %%
show_kernels(net[3].weight, "第二层的卷积核，一行一个输出通道")

# %% [markdown]
# ## 接下来
#
# - 换几个 `SEED`，数一数几次学会。本站也这样做，结果在 [X5 准确率](../xo/accuracy.md)。
# - 去掉两个 `MaxPool2d`，看形状和参数怎样变化，再对照[去掉池化](../redesign/no-pooling.md)。
# - 把 `take` 的幅数改为全部，批改为 64，轮数改为 10，这就是{% if embedded %}作业{% else %}本站{% endif %}的设置。
# - 让程序替你做这些：[自己的变体](own-variant.ipynb)。
