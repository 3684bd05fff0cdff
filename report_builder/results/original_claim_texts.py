"""What the original's claims state, and what a page says for each verdict."""

from __future__ import annotations

from report_builder.results.findings import TOO_FEW_TO_TELL, ClaimText
from report_builder.text import Text

ORIGINAL_CLAIM_TEXTS: dict[str, ClaimText] = {
    "pooling-speeds-training": ClaimText(
        Text("最大池化减少计算，加快训练", "Max-pooling saves computation and speeds training"),
        supported=Text(
            "有池化的网络训练一轮更快", "With pooling an epoch of training takes less time"
        ),
        refuted=Text(
            "有池化的网络训练一轮反而更慢", "With pooling an epoch of training takes more time"
        ),
        undecided=Text(
            "有没有池化，训练一轮的时间分不出长短",
            "With and without pooling, the seconds of an epoch overlap",
        ),
    ),
    "no-pooling-learns-slowly": ClaimText(
        Text("去掉池化，要 20 轮才有较好的效果", "Without pooling it takes 20 epochs to do well"),
        supported=Text(
            "按轮数算，没有池化的网络学会得更晚",
            "Counted in epochs, the network without pooling solves the task later",
        ),
        refuted=Text(
            "按轮数算，没有池化的网络反而学会得更早",
            "Counted in epochs, the network without pooling solves the task earlier",
        ),
        undecided=Text(
            "按轮数算，没有池化的网络是否学会得更晚，这些种子说不准",
            "Whether the network without pooling needs more epochs, these seeds cannot tell",
        ),
    ),
    "no-pooling-costs-time": ClaimText(
        Text("没有池化，速度比较慢", "Without pooling it is slow"),
        supported=Text(
            "从开始到学会，没有池化要花更多时间",
            "From the start until it solves the task, the network without pooling takes longer",
        ),
        refuted=Text(
            "从开始到学会，没有池化反而更省时间",
            "From the start until it solves the task, the network without pooling takes less time",
        ),
        undecided=Text(
            "从开始到学会，两者花的时间分不出长短", "The times until the two solve the task overlap"
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
            "No seed has solved the task by epoch 10, but there are few",
        ),
    ),
    "three-conv-need-20": ClaimText(
        Text("三个卷积层需要 20 轮", "Three convolutions need 20 epochs"),
        supported=Text(
            "学会的种子多半在第 10 轮之后才学会",
            "Most seeds that solve the task do so after epoch 10",
        ),
        refuted=Text(
            "学会的种子多半在前 10 轮就已学会",
            "Most seeds that solve the task have done so by epoch 10",
        ),
        undecided=Text(
            "学会的种子在前 10 轮还是之后学会，各占多少还说不准",
            "How many of the seeds that solve the task need more than 10 epochs is open",
        ),
    ),
    "11-channels-are-fine": ClaimText(
        Text("11 个通道，效果好", "11 channels do well"),
        supported=Text("11 个通道的网络多半学会", "With 11 channels most seeds solve the task"),
        refuted=Text(
            "11 个通道的网络多半没有学会", "With 11 channels most seeds do not solve the task"
        ),
        undecided=Text(
            "11 个通道的网络是否多半学会，种子还不够",
            "Whether most seeds solve the task with 11 channels takes more of them",
        ),
    ),
    "15-channels-are-worse": ClaimText(
        Text("15 个通道，效果不好", "15 channels do worse"),
        supported=Text(
            "15 个通道学会的比例低于 9 个通道",
            "With 15 channels fewer seeds solve the task than with 9",
        ),
        refuted=Text(
            "15 个通道学会的比例高于 9 个通道",
            "With 15 channels more seeds solve the task than with 9",
        ),
        undecided=Text(
            "15 个通道与 9 个通道，学会的比例分不出高下",
            "15 channels and 9 cannot be told apart by the share that solves the task",
        ),
    ),
    "loss-gone-by-epoch-7": ClaimText(
        Text("第 7 轮就没有损失了", "In epoch 7 the loss is gone"),
        supported=Text(
            "三层卷积学会的种子，到第 7 轮多半已打印不出损失",
            "Of the seeds that solve it with three convolutions, most print next to no loss by "
            "epoch 7",
        ),
        refuted=Text(
            "三层卷积学会的种子，到第 7 轮多半还有损失",
            "Of the seeds that solve it with three convolutions, most still print a loss in "
            "epoch 7",
        ),
        undecided=Text(
            "到第 7 轮损失是否已经消失，因种子而异，还说不准",
            "Whether the loss is gone by epoch 7 differs from seed to seed and is open",
        ),
    ),
    "accuracy-near-99.7": ClaimText(
        Text("准确率 99.67 %", "An accuracy of 99.67 %"),
        supported=Text(
            "原报告的 99.67 % 落在我们学会的种子之间",
            "The original's 99.67 % lies among our seeds that solve the task",
        ),
        refuted=Text(
            "原报告的 99.67 % 不在我们学会的种子之间",
            "The original's 99.67 % lies outside of our seeds that solve the task",
        ),
        undecided=Text(
            "原报告的 99.67 % 是否在通常的范围里，种子还不够",
            "Whether the original's 99.67 % is usual takes more seeds",
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
            "线性探针在更深的一层反而分得更差",
            "A linear probe separates the classes worse at the deeper level",
        ),
        undecided=Text(
            "更深的一层是否更容易线性分开，还说不准",
            "Whether the deeper level is easier to separate by a line is open",
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
        undecided=Text("这一条只对作业的图像成立", "This holds for the assignment's images only"),
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
        undecided=Text("这一条只对作业的图像成立", "This holds for the assignment's images only"),
    ),
    "0.069-means-chance": ClaimText(
        Text("打印 0.069，就是还在瞎猜", "A printed 0.069 means that the network is guessing"),
        supported=Text(
            "只打印 0.069 的那一轮结束时，网络多半在瞎猜",
            "A network that prints nothing but 0.069 mostly guesses",
        ),
        refuted=Text(
            "只打印 0.069 的网络多半并不是在瞎猜",
            "A network that prints nothing but 0.069 mostly does not guess",
        ),
        undecided=Text(
            "打印 0.069 是否就是瞎猜，训练还不够多",
            "Whether a printed 0.069 means guessing takes more runs",
        ),
    ),
    "odd-logs-are-of-the-split": ClaimText(
        Text(
            "每轮三行的日志出自 2,000 幅图像，按 15 % 与 85 % 分成两类",
            "The logs with three rows an epoch come from 2,000 images in shares of 15 % and 85 %",
        ),
        supported=Text(
            "把文件夹当作类别重演，行数和损失的水平都与那份失败的日志相合",
            "A replay with the folders as classes agrees with the failed log in rows and level",
        ),
        refuted=Text(
            "把文件夹当作类别重演，损失的水平与那份失败的日志不合",
            "A replay with the folders as classes does not meet the failed log's level",
        ),
        undecided=Text(
            "重演还不能与那份日志比较", "The replay cannot be compared with the log yet"
        ),
    ),
    "pooling-narrows-the-gap": ClaimText(
        Text("池化有助于防止过拟合", "Pooling helps against over-fitting"),
        supported=Text(
            "有池化时，训练与测试的差距更小",
            "With pooling, training and test accuracy lie closer together",
        ),
        refuted=Text(
            "有池化时，训练与测试的差距反而更大",
            "With pooling, training and test accuracy lie further apart",
        ),
        undecided=Text(
            "有没有池化，训练与测试的差距分不出大小",
            "The gap between training and test accuracy cannot be told apart with and without "
            "pooling",
        ),
    ),
    "pooling-tolerates-shifts": ClaimText(
        Text("池化具有特征不变性", "Pooling has feature invariance"),
        supported=Text(
            "图像平移 1 个像素，最大池化之后的特征图比池化之前变得少",
            "When the image moves by a pixel, the map changes less after max-pooling than before",
        ),
        refuted=Text(
            "图像平移 1 个像素，最大池化之后的特征图反而变得更多",
            "When the image moves by a pixel, the map changes more after max-pooling than before",
        ),
        undecided=Text(
            "图像平移 1 个像素，特征图在最大池化前后哪个变得少，还说不准",
            "Whether the map changes less after max-pooling when the image moves by a pixel is "
            "open",
        ),
    ),
    "pooling-saves-parameters": ClaimText(
        Text("池化减少后面各层的参数", "Pooling saves parameters of the layers behind it"),
        supported=Text("有池化的网络参数更少", "The network with pooling has fewer parameters"),
        refuted=Text(
            "有池化的网络参数并不更少", "The network with pooling does not have fewer parameters"
        ),
        undecided=TOO_FEW_TO_TELL,
    ),
    "1x1-saves-work": ClaimText(
        Text("1×1 卷积减少计算", "A 1x1 convolution saves computation"),
        supported=Text(
            "插入 1×1 卷积的网络乘加更少",
            "With the 1x1 convolution a network takes fewer multiply-adds",
        ),
        refuted=Text(
            "插入 1×1 卷积的网络乘加并不更少",
            "With the 1x1 convolution a network does not take fewer multiply-adds",
        ),
        undecided=TOO_FEW_TO_TELL,
    ),
}
