"""What the original's claims state, and what a page says for each verdict."""

from __future__ import annotations

from report_builder.results.findings import MOST, ClaimText
from report_builder.text import Text, percent

MOST_SHARE = percent(MOST.matters, 0)

ORIGINAL_CLAIM_TEXTS: dict[str, ClaimText] = {
    "pooling-speeds-training": ClaimText(
        Text("最大池化减少计算，加快训练", "Max pooling saves computation and speeds training"),
        supported=Text(
            "有池化的网络训练一轮更快", "With pooling an epoch of training takes less time"
        ),
        refuted=Text(
            "有池化的网络训练一轮并不更快",
            "With pooling an epoch of training does not take less time",
        ),
        undecided=Text(
            "有没有池化，训练一轮的时间分不出长短",
            "These runs cannot tell whether an epoch takes less time with pooling or without",
        ),
    ),
    "no-pooling-costs-time": ClaimText(
        Text("没有池化，速度比较慢", "Without pooling it is slow"),
        supported=Text(
            "从开始训练到学会，没有池化要花更多时间",
            "From the start of training until it solves the task, the network without pooling "
            "takes longer",
        ),
        refuted=Text(
            "从开始训练到学会，没有池化并不更费时间",
            "From the start of training until it solves the task, the network without pooling does "
            "not take longer",
        ),
        undecided=Text(
            "从开始训练到学会，哪一个更费时间还分不出",
            "It is still open which of the two takes longer to solve the task",
        ),
    ),
    "three-conv-fail-in-10": ClaimText(
        Text("三个卷积层，10 轮学不会", "Three convolutions do not learn it in 10 epochs"),
        supported=Text(
            "三个卷积层在 10 轮之内没有学会",
            "Three convolutions do not solve the task within 10 epochs",
        ),
        refuted=Text(
            "三个卷积层在 10 轮之内可以学会",
            "Three convolutions can solve the task within 10 epochs",
        ),
        undecided=Text(
            "到第 10 轮还没有种子学会，但种子太少",
            "No seed has solved the task by epoch 10, but there are too few seeds to conclude",
        ),
    ),
    "three-conv-need-20": ClaimText(
        Text("三个卷积层需要 20 轮", "Three convolutions need 20 epochs"),
        supported=Text(
            "三个卷积层的种子里，有不少要到后 10 轮才学会",
            "With three convolutions, a good part of the seeds solve the task only in the second "
            "ten epochs",
        ),
        refuted=Text(
            "三个卷积层的种子里，很少有到后 10 轮才学会的",
            "With three convolutions, few seeds solve the task only in the second ten epochs",
        ),
        undecided=Text(
            "三个卷积层有多少种子要到后 10 轮才学会，还说不准",
            "It is still open how many seeds with three convolutions need the second ten epochs",
        ),
    ),
    "11-channels-are-fine": ClaimText(
        Text("11 个通道，效果好", "11 channels do well"),
        supported=Text("11 个通道的网络多半学会", "With 11 channels most seeds solve the task"),
        refuted=Text(
            f"11 个通道的网络学会的不到 {MOST_SHARE}",
            f"With 11 channels fewer than {MOST_SHARE} of the seeds solve the task",
        ),
        undecided=Text(
            "11 个通道的网络是否多半学会，种子还不够",
            "It takes more seeds to tell whether most solve the task with 11 channels",
        ),
    ),
    "15-channels-are-worse": ClaimText(
        Text("15 个通道，效果不好", "15 channels do worse"),
        supported=Text(
            "15 个通道学会的比例低于 9 个通道",
            "With 15 channels fewer seeds solve the task than with 9",
        ),
        refuted=Text(
            "15 个通道学会的比例并不明显低于 9 个通道",
            "The share of seeds that solve the task is not markedly lower with 15 channels than "
            "with 9",
        ),
        undecided=Text(
            "15 个通道与 9 个通道，学会的比例还分不出高下",
            "These seeds cannot tell yet whether fewer solve the task with 15 channels than with 9",
        ),
    ),
    "loss-gone-by-epoch-7": ClaimText(
        Text("第 7 轮就没有损失了", "In epoch 7 the loss is gone"),
        supported=Text(
            "三层卷积学会的种子，到第 7 轮多半已打印不出损失",
            "Most seeds that solve the task with three convolutions print next to no loss by "
            "epoch 7",
        ),
        refuted=Text(
            f"三层卷积学会的种子，到第 7 轮打印不出损失的不到 {MOST_SHARE}",
            f"Of the seeds that solve the task with three convolutions, fewer than {MOST_SHARE} "
            "print next to no loss by epoch 7",
        ),
        undecided=Text(
            "到第 7 轮损失是否已经消失，因种子而异，还说不准",
            "Whether the loss is gone by epoch 7 differs from seed to seed; how often it is "
            "remains open",
        ),
    ),
    "accuracy-near-99.7": ClaimText(
        Text("准确率 99.67 %", "An accuracy of 99.67 %"),
        supported=Text(
            "原报告的 99.67 % 落在我们学会的种子之间",
            "The original's 99.67 % lies within the range of our seeds that solve the task",
        ),
        refuted=Text(
            "原报告的 99.67 % 不在我们学会的种子之间",
            "The original's 99.67 % lies outside the range of our seeds that solve the task",
        ),
        undecided=Text(
            "原报告的 99.67 % 是否在通常的范围里，种子还不够",
            "It takes more seeds to tell whether the original's 99.67 % is usual",
        ),
    ),
    "deeper-is-more-abstract": ClaimText(
        Text(
            "越深的特征越抽象，对分类越有用",
            "Deeper features are more abstract and serve better to classify",
        ),
        supported=Text(
            "线性探针在更深的一层分得更准",
            "A linear probe separates the classes better at the deeper level",
        ),
        refuted=Text(
            "线性探针在更深的一层并没有分得更准",
            "A linear probe does not separate the classes better at the deeper level",
        ),
        undecided=Text(
            "线性探针在更深的一层是否分得更准，还说不准",
            "It is still open whether a linear probe separates the classes better at the "
            "deeper level",
        ),
    ),
    "conv3-leaves-12x12": ClaimText(
        Text("第三个卷积层之后是 12×12", "The third convolution leaves 12×12"),
        supported=Text(
            "三次卷积加池化之后，特征图确是 12×12",
            "After three blocks the maps are 12×12, as stated",
        ),
        refuted=Text(
            "三次卷积加池化之后，特征图不是 12×12", "After three blocks the maps are not 12×12"
        ),
        undecided=Text("这一条只对原报告的图像成立", "This holds for the assignment's images only"),
    ),
    "dense-input-5x5x5": ClaimText(
        Text(
            "三层网络的全连接输入是 5×5×5",
            "The dense layers of the three-layer network take 5×5×5 inputs",
        ),
        supported=Text(
            "全连接层的输入确是 125 个数", "The dense layers take 125 values, as stated"
        ),
        refuted=Text("全连接层的输入不是 5×5×5", "The dense layers do not take 5×5×5 inputs"),
        undecided=Text("这一条只对原报告的图像成立", "This holds for the assignment's images only"),
    ),
    "pooling-narrows-the-gap": ClaimText(
        Text("池化有助于防止过拟合", "Pooling helps against overfitting"),
        supported=Text(
            "有池化时，训练与测试的差距更小",
            "With pooling, training and test accuracy lie closer together",
        ),
        refuted=Text(
            "有池化时，训练与测试的差距并不明显更小",
            "Training and test accuracy do not lie markedly closer together with pooling than "
            "without",
        ),
        undecided=Text(
            "有没有池化，训练与测试的差距分不出大小",
            "These runs cannot tell whether the gap between training and test accuracy is "
            "smaller with pooling",
        ),
    ),
    "pooling-lowers-sensitivity": ClaimText(
        Text(
            "池化降低对小平移的敏感",
            "Pooling lowers the sensitivity to small shifts",
        ),
        supported=Text(
            "最大池化降低了对小平移的敏感，但不是不变：平移 1 个像素，池化之后的图变化小一些",
            "Max pooling lowers the sensitivity to small shifts, which is not invariance: when the "
            "image moves by a pixel, the map changes less after pooling than before",
        ),
        refuted=Text(
            "图像平移 1 个像素，特征图的变化在最大池化之后并不更小",
            "When the image moves by a pixel, the map changes no less after max pooling than "
            "before",
        ),
        undecided=Text(
            "图像平移 1 个像素，特征图的变化在最大池化之后是否更小，还说不准",
            "It is still open whether the map changes less after max pooling when the image moves "
            "by a pixel",
        ),
    ),
    "pooling-saves-parameters": ClaimText(
        Text("池化减少后面各层的参数", "Pooling saves parameters of the layers behind it"),
        supported=Text("有池化的网络参数更少", "The network with pooling has fewer parameters"),
        refuted=Text(
            "有池化的网络参数并不更少", "The network with pooling does not have fewer parameters"
        ),
    ),
    "no-pooling-needs-20": ClaimText(
        Text("去掉池化，要 20 轮才有较好的效果", "Without pooling it takes 20 epochs to do well"),
        supported=Text(
            "没有池化的网络，没有一个在 10 轮之内学会",
            "Without pooling no network solves the task within 10 epochs",
        ),
        refuted=Text(
            "没有池化的网络，10 轮之内也可以学会",
            "Without pooling a network can solve the task within 10 epochs",
        ),
        undecided=Text(
            "没有池化的网络，到第 10 轮还没有一个学会，但种子太少",
            "Without pooling no seed has solved the task by epoch 10, but there are too few seeds "
            "to conclude",
        ),
    ),
    "1x1-saves-parameters": ClaimText(
        Text("1×1 卷积减少参数", "A 1×1 convolution saves parameters"),
        supported=Text(
            "插入 1×1 卷积的网络参数更少",
            "The network with the 1×1 convolution has fewer parameters",
        ),
        refuted=Text(
            "插入 1×1 卷积的网络参数并不更少",
            "The network with the 1×1 convolution does not have fewer parameters",
        ),
    ),
}
