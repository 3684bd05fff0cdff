"""What our claims on how training goes state, and what a page says for each verdict."""

from __future__ import annotations

from report_builder.results.findings import MOST, NEARLY_ALL, ClaimText
from report_builder.text import Text, percent

MOST_SHARE, NEARLY_ALL_SHARE = percent(MOST.matters, 0), percent(NEARLY_ALL.matters, 0)
FEW_SHARE = percent(1 - NEARLY_ALL.matters, 0)

TRAINING_CLAIM_TEXTS: dict[str, ClaimText] = {
    "seed-decides": ClaimText(
        Text("能否学会要看随机种子", "Whether a network learns at all depends on the random seed"),
        supported=Text(
            "同一个网络，有的种子学会，有的没有",
            "With the same network, some seeds solve the task and others do not",
        ),
        refuted=Text("同一个网络，各个种子的结果都一样", "All seeds of a network end alike"),
        undecided=Text(
            "每个网络训练的种子太少，看不出种子的影响",
            "There are too few seeds of each network to see what the seed does",
        ),
    ),
    "escape-is-sudden": ClaimText(
        Text(
            "一旦离开随机猜测的水平，三轮之内就学会",
            "Once off chance, a network solves the task within three epochs",
        ),
        supported=Text(
            "离开了随机猜测的网络，多半三轮之内就达到学会的界线",
            "Most networks that leave chance reach what counts as solved within three epochs",
        ),
        refuted=Text(
            f"离开了随机猜测的网络，三轮之内达到学会的界线的不到 {MOST_SHARE}",
            f"Of the networks that leave chance, fewer than {MOST_SHARE} reach what "
            "counts as solved within three epochs",
        ),
        undecided=Text(
            "网络离开随机猜测之后，是否多半在三轮之内学会，还说不准",
            "It is still open whether most networks that leave chance reach what counts as "
            "solved within three epochs",
        ),
    ),
    "few-end-between": ClaimText(
        Text(
            "结果分成两群：学会，或停在随机猜测的水平",
            "Runs end in two groups: solved, or at chance",
        ),
        supported=Text(
            "几乎没有网络停在学会与随机猜测之间，所以平均准确率会使人误解",
            "Hardly any run ends between solved and chance, so a mean accuracy misleads",
        ),
        refuted=Text(
            f"停在学会与随机猜测之间的网络超过 {FEW_SHARE}",
            f"More than {FEW_SHARE} of the runs end between solved and chance",
        ),
        undecided=Text(
            "有多少网络停在学会与随机猜测之间，还说不准",
            "It is still open how many runs end between solved and chance",
        ),
    ),
    "failures-collapse": ClaimText(
        Text(
            "停在随机猜测水平的网络，多半曾经离开，后来崩溃",
            "Most networks that end at chance had left it and collapsed",
        ),
        supported=Text(
            "停在随机猜测水平的网络，多半曾经离开那里，后来才崩溃",
            "Of the networks that end at chance, most had left it and collapsed",
        ),
        refuted=Text(
            f"停在随机猜测水平的网络，曾经离开又崩溃的不到 {MOST_SHARE}",
            f"Of the networks that end at chance, fewer than {MOST_SHARE} had left it and "
            "collapsed",
        ),
        undecided=Text(
            "停在随机猜测水平的网络是否多半曾经离开，还说不准",
            "It is still open whether most networks that end at chance had left it and collapsed",
        ),
    ),
    "collapsed-are-dead": ClaimText(
        Text(
            "崩溃的网络，有一层的单元已经全部死去",
            "A collapsed network has a layer in which every unit is dead",
        ),
        supported=Text(
            "崩溃的网络，几乎都有一层对任何图像都不再响应",
            "Nearly all collapsed networks have a layer that no longer responds to any image",
        ),
        refuted=Text(
            f"崩溃的网络，有一层全部死去的不到 {NEARLY_ALL_SHARE}",
            f"Fewer than {NEARLY_ALL_SHARE} of the collapsed networks have a layer in "
            "which every unit is dead",
        ),
        undecided=Text(
            "崩溃的网络是否几乎都有一层全部死去，还说不准",
            "It is still open whether nearly all collapsed networks have a layer in which every "
            "unit is dead",
        ),
    ),
    "0.069-means-chance": ClaimText(
        Text("打印 0.069，就是还在随机猜测", "A printed 0.069 means that the network is guessing"),
        supported=Text(
            "在只打印 0.069 的那些轮的末尾，没有一个网络答对的明显多于随机猜测",
            "At the end of epochs that print nothing but 0.069, no network is right far more often "
            "than by guessing",
        ),
        refuted=Text(
            "只打印 0.069 的网络，答对的也可能远多于随机猜测：损失看的是把握，准确率只看对错",
            "A network that prints nothing but 0.069 can be right far more often than by guessing: "
            "the loss weighs how sure it is, the accuracy only whether it is right",
        ),
        undecided=Text(
            "打印 0.069 的网络是否都在随机猜测，训练次数还不够，说不准",
            "It takes more runs to tell whether every network that prints 0.069 is guessing",
        ),
    ),
    "signal-shrinks": ClaimText(
        Text(
            "默认初始化下，信号越往后越小",
            "With the default initialization the signal shrinks on its way through the layers",
        ),
        supported=Text(
            "训练之前，几乎所有网络的信号到最后一个隐藏层都不到第一块的一半",
            "Before training, the signal in the last hidden layer is less than half of the first "
            "block's in nearly all networks",
        ),
        refuted=Text(
            f"训练之前，最后一个隐藏层的信号不及第一块一半的，不到 {NEARLY_ALL_SHARE}",
            f"Before training, fewer than {NEARLY_ALL_SHARE} of the networks have less than half "
            "of the first block's signal in the last hidden layer",
        ),
        undecided=Text(
            "训练之前信号是否越往后越小，网络还不够多，说不准",
            "It takes more networks to tell whether the signal shrinks on its way through "
            "the layers",
        ),
    ),
}
