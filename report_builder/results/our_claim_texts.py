"""What our own claims state, and what a page says for each verdict."""

from __future__ import annotations

from report_builder.results.findings import MOST, NEARLY_ALL, ClaimText
from report_builder.text import Text, percent
from xo.variants import VARIANTS

MOST_SHARE, NEARLY_ALL_SHARE = percent(MOST.matters, 0), percent(NEARLY_ALL.matters, 0)
FEW_SHARE = percent(1 - NEARLY_ALL.matters, 0)
LARGE, SMALL, SMALLER = (VARIANTS[name].lr for name in ("baseline", "lr-0-03", "lr-0-01"))

OUR_CLAIM_TEXTS: dict[str, ClaimText] = {
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
    "right-labels-print-two-rows": ClaimText(
        Text(
            "每批 64 幅时，正确的训练集每轮打印不出三行",
            "In batches of 64, the right training set cannot print three rows an epoch",
        ),
        supported=Text(
            "每批 64 幅时，正确的训练集每轮打印不出三行，所以打印三行的两份日志不是这样训练出来的",
            "In batches of 64, the right training set cannot print three rows an epoch, so the two "
            "logs that have three do not come from such training",
        ),
        refuted=Text(
            "每批 64 幅时，正确的训练集也打印得出这么多行",
            "In batches of 64, the right training set can print as many rows",
        ),
    ),
    "failed-log-fits-folders": ClaimText(
        Text(
            "失败的日志最像是把文件夹当作了类别",
            "The failed log fits folders taken for classes best",
        ),
        supported=Text(
            "失败的那份日志，“文件夹当作类别”比“两类数目悬殊”更合",
            "The failed log fits folders taken for classes better than uneven classes",
        ),
        refuted=Text(
            "失败的那份日志，“文件夹当作类别”并不最合",
            "The failed log does not fit folders taken for classes best",
        ),
        undecided=Text(
            "失败的那份日志，是文件夹当作类别，还是两类数目悬殊，还分不出",
            "Whether folders were taken for classes or the classes were uneven, the failed log "
            "does not tell",
        ),
    ),
    "no-pooling-plateau-fits-folders": ClaimText(
        Text(
            "没有池化的日志，停住的一段最像是把文件夹当作了类别",
            "The plateau of the log without pooling fits folders taken for classes best",
        ),
        supported=Text(
            "没有池化的日志停住的一段，“文件夹当作类别”比“两类数目悬殊”更合",
            "The plateau of the log without pooling fits folders taken for classes better than "
            "uneven classes",
        ),
        refuted=Text(
            "没有池化的日志停住的一段，“文件夹当作类别”并不最合",
            "The plateau of the log without pooling does not fit folders taken for classes best",
        ),
        undecided=Text(
            "没有池化的日志停住的一段，分不出是文件夹当作类别，还是两类数目悬殊",
            "The plateau of the log without pooling does not tell folders taken for classes from "
            "uneven classes",
        ),
    ),
    "no-pooling-fall-fits-folders": ClaimText(
        Text(
            "没有池化的日志，后来的下降最像是把文件夹当作了类别",
            "The fall of the log without pooling fits folders taken for classes best",
        ),
        supported=Text(
            "没有池化的日志后来的下降，“文件夹当作类别”比“两类数目悬殊”更合",
            "The late fall of the log without pooling fits folders taken for classes better than "
            "uneven classes",
        ),
        refuted=Text(
            "没有池化的日志后来的下降，“文件夹当作类别”并不最合",
            "The late fall of the log without pooling does not fit folders taken for classes best",
        ),
        undecided=Text(
            "没有池化的日志后来的下降出自哪一种情形，还分不出",
            "It is still open what the late fall of the log without pooling comes from",
        ),
    ),
    "folders-can-fall": ClaimText(
        Text(
            "把文件夹当作类别，没有池化的网络也会在 20 轮之内降下来",
            "With folders taken for classes, the network without pooling can fall within 20 epochs",
        ),
        supported=Text(
            "把文件夹当作类别，没有池化的网络也有降下来的",
            "With folders taken for classes, some seeds of the network without pooling fall as "
            "well",
        ),
        refuted=Text(
            "把文件夹当作类别，没有池化的网络很少或从不降下来",
            "With folders taken for classes, the network without pooling rarely falls, if ever",
        ),
        undecided=Text(
            "把文件夹当作类别，没有一个种子降下来，但种子还不够多，不能说它不会",
            "With folders taken for classes, no seed of the network without pooling has fallen, "
            "but they are too few to say that none would",
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
    "odd-logs-are-of-the-split": ClaimText(
        Text(
            "把文件夹当作类别重放，与那份失败的日志相合",
            "A replay with the folders as classes agrees with the failed log",
        ),
        supported=Text(
            "把文件夹当作类别重放，行数和损失的水平都与那份失败的日志相合",
            "A replay with the folders as classes agrees with the failed log in rows and level",
        ),
        refuted=Text(
            "把文件夹当作类别重放，损失的水平与那份失败的日志不合",
            "A replay with the folders as classes does not meet the failed log's level",
        ),
        undecided=Text(
            "还不能把重放与那份日志相比", "The replay cannot be compared with the log yet"
        ),
    ),
}
