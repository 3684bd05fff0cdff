"""What our claims on single variants state, and what a page says for each verdict."""

from __future__ import annotations

from report_builder.results.findings import MOST, ClaimText
from report_builder.text import Text, percent
from xo.variants import VARIANTS

MOST_SHARE = percent(MOST.matters, 0)
LARGE, SMALL, SMALLER = (VARIANTS[name].lr for name in ("baseline", "lr-0-03", "lr-0-01"))

VARIANT_CLAIM_TEXTS: dict[str, ClaimText] = {
    "first-dense-holds-most": ClaimText(
        Text("参数大半在第一个全连接层", "Most parameters are in the first dense layer"),
        supported=Text(
            "基准网络的参数大半在第一个全连接层",
            "Most of the baseline's parameters are in its first dense layer",
        ),
        refuted=Text(
            "基准网络的参数大半不在第一个全连接层",
            "Most of the baseline's parameters are not in its first dense layer",
        ),
    ),
    "split-replays-stay": ClaimText(
        Text(
            "问“图像来自哪个文件夹”，网络多半只学到比例",
            "Asked which folder an image came from, most networks learn only the shares of "
            "the folders",
        ),
        supported=Text(
            "问“来自哪个文件夹”的网络，多半停在只知道比例的损失上",
            "Asked for the folder, most networks stay at the loss of a network that knows only how "
            "common each folder is",
        ),
        refuted=Text(
            f"问“来自哪个文件夹”的网络，停在只知道比例的损失上的不到 {MOST_SHARE}",
            f"Asked for the folder, fewer than {MOST_SHARE} of the networks stay at the loss of "
            "a network that knows only how common each folder is",
        ),
        undecided=Text(
            "问“来自哪个文件夹”时网络多半会怎样，种子还不够，说不准",
            "It takes more seeds to tell what networks do when they are asked for the folder",
        ),
    ),
    "trained-pooling-solves-less": ClaimText(
        Text(
            "可训练池化不如最大池化容易学会",
            "Trained pooling solves the task less often than max pooling",
        ),
        supported=Text(
            "可训练池化学会的比例低于最大池化",
            "With trained pooling fewer seeds solve the task than with max pooling",
        ),
        refuted=Text(
            "可训练池化学会的比例并不明显低于最大池化",
            "The share of seeds that solve the task is not markedly lower with trained pooling "
            "than with max pooling",
        ),
        undecided=Text(
            "可训练池化与最大池化，学会的比例还分不出高下",
            "These seeds cannot tell yet whether fewer solve the task with trained pooling than "
            "with max pooling",
        ),
    ),
    "1x1-solves-less": ClaimText(
        Text(
            "插入 1×1 卷积之后更难学会", "With a 1×1 convolution put in, fewer seeds solve the task"
        ),
        supported=Text(
            "插入 1×1 卷积后，学会的比例更低", "With the 1×1 convolution fewer seeds solve the task"
        ),
        refuted=Text(
            "插入 1×1 卷积后，学会的比例并不明显更低",
            "With the 1×1 convolution the share of seeds that solve the task is not markedly lower",
        ),
        undecided=Text(
            "插入 1×1 卷积前后，学会的比例还分不出高下",
            "These seeds cannot tell yet whether fewer solve the task with the 1×1 "
            "convolution than "
            "without it",
        ),
    ),
    "smaller-rate-collapses-less": ClaimText(
        Text(
            f"学习率 {SMALL} 比 {LARGE} 更少崩溃",
            f"At a learning rate of {SMALL} fewer runs collapse than at {LARGE}",
        ),
        supported=Text(
            f"学习率 {SMALL} 时崩溃的比例低于 {LARGE}",
            f"At a learning rate of {SMALL} fewer seeds collapse than at {LARGE}",
        ),
        refuted=Text(
            f"学习率 {SMALL} 时崩溃的比例并不明显低于 {LARGE}",
            f"The share of seeds that collapse is not markedly lower at a learning rate of {SMALL} "
            f"than at {LARGE}",
        ),
        undecided=Text(
            f"学习率 {SMALL} 与 {LARGE}，崩溃的比例还分不出高下",
            f"These seeds cannot tell yet whether fewer collapse at a learning rate of {SMALL} "
            f"than at {LARGE}",
        ),
    ),
    "smaller-rate-solves-later": ClaimText(
        Text(
            f"学习率 {SMALLER} 比 {LARGE} 学会得晚",
            f"At a learning rate of {SMALLER} the task is solved later than at {LARGE}",
        ),
        supported=Text(
            f"学习率 {SMALLER} 时，按轮数算学会得更晚",
            f"At a learning rate of {SMALLER} it takes more epochs to solve the task than "
            f"at {LARGE}",
        ),
        refuted=Text(
            f"学习率 {SMALLER} 时，按轮数算学会得并不更晚",
            f"At a learning rate of {SMALLER} it takes no more epochs to solve the task "
            f"than at {LARGE}",
        ),
        undecided=Text(
            f"学习率 {SMALLER} 与 {LARGE}，哪个学会得晚还分不出",
            f"It is still open whether the task is solved later at a learning rate of {SMALLER} "
            f"than at {LARGE}",
        ),
    ),
    "kaiming-leaves-chance-earlier": ClaimText(
        Text(
            "Kaiming 初始化更早离开随机猜测",
            "With Kaiming initialization a network leaves chance earlier",
        ),
        supported=Text(
            "用 Kaiming 初始化，网络更早离开随机猜测",
            "With Kaiming initialization a network leaves chance earlier than with PyTorch's",
        ),
        refuted=Text(
            "用 Kaiming 初始化，网络并不更早离开随机猜测",
            "With Kaiming initialization a network leaves chance no earlier than with PyTorch's",
        ),
        undecided=Text(
            "用 Kaiming 初始化是否更早离开随机猜测，还分不出",
            "It is still open whether a network leaves chance earlier with Kaiming initialization",
        ),
    ),
    "no-pooling-learns-slowly": ClaimText(
        Text(
            "按轮数算，没有池化学会得更晚",
            "Counted in epochs, the task is solved later without pooling",
        ),
        supported=Text(
            "按轮数算，没有池化的网络学会得更晚",
            "Counted in epochs, the network without pooling solves the task later",
        ),
        refuted=Text(
            "按轮数算，没有池化的网络学会得并不更晚",
            "Counted in epochs, the network without pooling solves the task no later",
        ),
        undecided=Text(
            "按轮数算，没有池化的网络是否学会得更晚，这些种子说不准",
            "These seeds cannot tell whether the network without pooling needs more epochs",
        ),
    ),
    "1x1-saves-work": ClaimText(
        Text("1×1 卷积减少计算", "A 1×1 convolution saves computation"),
        supported=Text(
            "插入 1×1 卷积的网络乘加更少",
            "The network with the 1×1 convolution takes fewer multiply-adds",
        ),
        refuted=Text(
            "插入 1×1 卷积的网络乘加并不更少",
            "The network with the 1×1 convolution does not take fewer multiply-adds",
        ),
    ),
}
