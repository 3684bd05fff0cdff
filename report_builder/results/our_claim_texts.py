"""What our own claims state, and what a page says for each verdict."""

from __future__ import annotations

from report_builder.results.findings import TOO_FEW_TO_TELL, ClaimText
from report_builder.text import Text

OUR_CLAIM_TEXTS: dict[str, ClaimText] = {
    "seed-decides": ClaimText(
        Text("能否学会要看随机种子", "Whether a network learns at all depends on the random seed"),
        supported=Text(
            "同一个网络，有的种子学会，有的没有",
            "Of the same network, some seeds solve the task and others do not",
        ),
        refuted=Text("同一个网络的种子，结果都一样", "All seeds of a network end alike"),
        undecided=Text(
            "每个网络的种子太少，看不出种子的影响",
            "There are too few seeds of each network to see what the seed does",
        ),
    ),
    "escape-is-sudden": ClaimText(
        Text(
            "一旦离开瞎猜的水平，两三轮就学会",
            "Once off chance, a network solves the task within two or three epochs",
        ),
        supported=Text(
            "学会的网络一旦离开瞎猜，多半三轮之内就达到 98 %",
            "Once off chance, most networks that solve the task do so within three epochs",
        ),
        refuted=Text(
            "学会的网络离开瞎猜之后，多半要三轮以上才达到 98 %",
            "Once off chance, most networks that solve the task take more than three epochs",
        ),
        undecided=Text(
            "离开瞎猜之后多久学会，还说不准",
            "How soon after leaving chance a network solves the task is open",
        ),
    ),
    "few-end-between": ClaimText(
        Text("结果分成两群：学会，或停在瞎猜", "Runs end in two groups: solved, or at chance"),
        supported=Text(
            "很少有网络停在学会与瞎猜之间，所以平均准确率会误导人",
            "Few runs end between solved and chance, so a mean accuracy misleads",
        ),
        refuted=Text(
            "停在学会与瞎猜之间的网络不少", "A good part of the runs ends between solved and chance"
        ),
        undecided=Text(
            "停在学会与瞎猜之间的有多少，还说不准",
            "How many runs end between solved and chance is open",
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
        undecided=TOO_FEW_TO_TELL,
    ),
    "split-replays-stay": ClaimText(
        Text(
            "问“图像来自哪个文件夹”，网络只学到比例",
            "Asked which folder an image came from, a network learns the shares only",
        ),
        supported=Text(
            "问“来自哪个文件夹”的网络，多半停在只知道比例的损失上",
            "Asked for the folder, most networks stay at the loss of one that knows only the "
            "shares",
        ),
        refuted=Text(
            "问“来自哪个文件夹”的网络，多半降到了只知道比例的损失以下",
            "Asked for the folder, most networks get below the loss of one that knows only the "
            "shares",
        ),
        undecided=Text(
            "问“来自哪个文件夹”时会怎样，种子还不够",
            "What happens when the folder is asked for takes more seeds",
        ),
    ),
    "right-labels-print-two-rows": ClaimText(
        Text(
            "用正确的训练集，每轮打印不出三行",
            "The right training set cannot print three rows an epoch",
        ),
        supported=Text(
            "用正确的训练集，每轮打印不出三行，所以这两份日志不是用它训练的",
            "The right training set cannot print three rows an epoch, so these two logs were not "
            "trained on it",
        ),
        refuted=Text(
            "用正确的训练集，也打印得出这么多行", "The right training set can print as many rows"
        ),
        undecided=TOO_FEW_TO_TELL,
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
            "What the late fall of the log without pooling comes from is open",
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
            "Trained pooling solves the task less often than max-pooling",
        ),
        supported=Text(
            "可训练池化学会的比例低于最大池化",
            "With trained pooling fewer seeds solve the task than with max-pooling",
        ),
        refuted=Text(
            "可训练池化学会的比例高于最大池化",
            "With trained pooling more seeds solve the task than with max-pooling",
        ),
        undecided=Text(
            "可训练池化与最大池化，学会的比例分不出高下",
            "Trained pooling and max-pooling cannot be told apart by the share that solves the "
            "task",
        ),
    ),
    "1x1-solves-less": ClaimText(
        Text(
            "插入 1×1 卷积更不容易学会", "With a 1x1 convolution put in, fewer seeds solve the task"
        ),
        supported=Text(
            "插入 1×1 卷积后，学会的比例更低", "With the 1x1 convolution fewer seeds solve the task"
        ),
        refuted=Text(
            "插入 1×1 卷积后，学会的比例更高", "With the 1x1 convolution more seeds solve the task"
        ),
        undecided=Text(
            "插入 1×1 卷积前后，学会的比例分不出高下",
            "With and without the 1x1 convolution, the shares that solve the task cannot be told "
            "apart",
        ),
    ),
}
