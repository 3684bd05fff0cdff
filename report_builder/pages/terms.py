"""The terms of the site, one row each; how they are shown is in `glossary`."""

from __future__ import annotations

from typing import NamedTuple

from report_builder.evidence.fates import FATE_NAMES, Fate
from report_builder.results.fate_words import FATE_MEANINGS
from report_builder.text import Text


class Term(NamedTuple):
    """A term; its meaning is one line without double quotes, for it stands in a tooltip."""

    name: Text
    meaning: Text
    symbol: str  # TeX, or empty


def _term(name: Text, zh: str, en: str, symbol: str = "") -> Term:
    """`zh` and `en` say what it means."""
    return Term(name, Text(zh, en), symbol)


def _fate(fate: Fate) -> Term:
    meaning = Text("训练的一种结局：{meaning}。", "A fate of a run: {meaning}.")
    return Term(FATE_NAMES[fate], meaning.format(meaning=FATE_MEANINGS[fate]), "")


TERMS: dict[str, Term] = {
    "ablation": _term(
        Text("消融", "ablation"),
        "关掉网络的一个部分，看结果变不变。",
        "Switching off a part of a network to see whether the result changes.",
    ),
    "backward-pass": _term(
        Text("反向传播", "backward pass"),
        "从损失往回逐层求梯度：每一层把传来的梯度换算成输入的梯度和权重的梯度；也叫 "
        "backpropagation。",
        "Going back from the loss layer by layer: each turns the gradient of its output into those "
        "by its input and its weights; also back-propagation.",
    ),
    "bias": _term(
        Text("偏置", "bias"),
        "卷积核或全连接层的每个输出另加的一个数，由训练决定。",
        "One trained number that is added to each output channel or dense unit.",
        "b",
    ),
    "bottleneck": _term(
        Text("瓶颈", "bottleneck"),
        "先用 1×1 卷积减少通道，做完较贵的卷积，再用 1×1 卷积恢复通道。",
        "A 1×1 convolution to fewer channels, the costly convolution there, and a 1×1 convolution "
        "back.",
    ),
    "calibration": _term(
        Text("校准", "calibration"),
        "概率与判对的份额一致：概率相近的回答里，判对的正好占这么多。",
        "Agreement of probability and accuracy: of answers with about the same probability, that "
        "very share is right.",
    ),
    "censored": _term(
        Text("删失", "censored"),
        "观察结束时还没有发生，以后会不会发生不知道；它发生得比观察的时间晚，或者永不发生。",
        "Not yet happened when observation ends: it may happen later or never.",
    ),
    "chance-level": _term(
        Text("随机猜测水平", "chance level"),
        "分不出类别的网络的成绩；k 类一样多时，损失是 ln k，k 个答案里对一个。",
        "How a network does that cannot tell the classes apart: for k equal classes a loss of "
        "ln k, and one answer in k right.",
        r"\ln k",
    ),
    "chain-rule": _term(
        Text("链式法则", "chain rule"),
        "复合函数的导数是各步导数之积；有几条路径时，把各条路径的积相加。",
        "The derivative of a composition is the product of those of its steps, added up over all "
        "paths where there are several.",
    ),
    "channel": _term(
        Text("通道", "channel"),
        "同一位置上并列的数值之一；每个卷积核组产生一个输出通道，也就是一幅特征图。",
        "One of the numbers kept side by side for each place; every group of kernels makes one "
        "output channel, that is one map.",
        "C",
    ),
    "cnn": _term(
        Text("卷积神经网络", "convolutional neural network"),
        "由卷积层提取特征、再由后面的层作判断的网络。",
        "A network in which convolutions find features and later layers decide.",
    ),
    "collapse": _fate("collapsed"),
    "confidence-interval": _term(
        Text("置信区间", "confidence interval"),
        "按同样的办法反复取样，这样算出的区间有 95 % 会盖住真值。",
        "If the sampling were repeated, 95 % of the intervals computed this way would cover the "
        "true value.",
    ),
    "convolution": _term(
        Text("卷积", "convolution"),
        "小窗口滑过输入，在每个位置求窗口与卷积核的乘积之和；深度学习里不翻转卷积核，严格说是互相"
        "关。",
        "A small window slides over the input; at each place its product with the kernel is "
        "summed. Deep learning does not flip the kernel, so strictly it is a cross-correlation.",
        "*",
    ),
    "cross-entropy": _term(
        Text("交叉熵", "cross-entropy"),
        "分类的损失：给正确类别的概率取对数，再取负号。",
        "The loss of classification: minus the logarithm of the probability given to the right "
        "class.",
        "L",
    ),
    "dead-unit": _term(
        Text("死单元", "dead unit"),
        "对任何图像都输出 0 的 ReLU 单元或通道；梯度不经过它，所以训练不再改变它的权重。",
        "A unit or channel with ReLU that gives 0 for every image; no gradient gets through it, so "
        "training no longer changes its weights.",
    ),
    "dense-layer": _term(
        Text("全连接层", "dense layer"),
        "每个输出都连到每个输入的层，每条连线有自己的权重。",
        "Also fully connected layer: each output is joined to each input by a weight of its own.",
    ),
    "depth-wise": _term(
        Text("逐通道卷积", "depth-wise convolution"),
        "每个输入通道只与自己的一个核卷积，通道之间不混合。",
        "Each input channel is convolved with one kernel of its own; channels are not mixed.",
    ),
    "epoch": _term(
        Text("轮", "epoch"),
        "全部训练图像各用过一次。",
        "Every training image has been used once.",
    ),
    "equivariance": _term(
        Text("等变性", "equivariance"),
        "输入平移，输出跟着平移同样的距离。",
        "When the input is shifted, the output is shifted with it.",
    ),
    "fate": _term(
        Text("结局", "fate"),
        "一次训练怎样结束：学会、未定、崩溃或从未离开随机猜测。",
        "How a run ended: solved, unsettled, collapsed or never left chance.",
    ),
    "feature-map": _term(
        Text("特征图", "feature map"),
        "一个通道在图像各处的响应，排成一幅图。",
        "The response of one channel at every place of the image, laid out as an image.",
        "y",
    ),
    "fcn": _term(
        Text("全卷积网络", "fully convolutional network"),
        "没有全连接层的网络：输入多大，输出的热力图就相应多大。",
        "A network without dense layers: the larger the input, the larger the heat map it gives.",
    ),
    "gap": _term(
        Text("泛化差距", "generalization gap"),
        "训练集与测试集上成绩之差；差距大就是过拟合。",
        "The difference between results on training and test images; a large one is called "
        "overfitting.",
    ),
    "gaussian-pooling": _term(
        Text("高斯池化", "Gaussian pooling"),
        "先用高斯权重模糊，再每隔一个像素取一个。",
        "Blur with Gaussian weights, then keep every second pixel.",
    ),
    "global-average-pooling": _term(
        Text("全局平均池化", "global average pooling"),
        "把一个通道的整幅特征图平均成一个数。",
        "The mean of a channel's whole map, one number for each channel.",
    ),
    "gradient": _term(
        Text("梯度", "gradient"),
        "损失对每个权重（或每个激活值）的导数，排成与它们相同的形状；沿它的反方向走，损失下降得最快。",
        "The derivatives of the loss with respect to all weights or activations, in their shape; "
        "against it the loss falls fastest.",
        r"\nabla L",
    ),
    "heat-map": _term(
        Text("热力图", "heat map"),
        "每个位置一个类别得分，排成一幅图。",
        "One score of a class for each place, laid out as an image.",
    ),
    "hyper-parameter": _term(
        Text("超参数", "hyper-parameter"),
        "训练之前选定、训练不会改动的设置，例如学习率、通道数。",
        "A setting chosen before training and left alone by it, such as the learning rate or the "
        "number of channels.",
    ),
    "invariance": _term(
        Text("不变性", "invariance"),
        "输入平移，输出不变。",
        "When the input is shifted, the output stays as it is.",
    ),
    "kernel": _term(
        Text("卷积核", "kernel"),
        "滑动窗口上的一组权重；3×3 的核有 9 个数，每个输入通道各有一个。",
        "The weights laid over the sliding window; a 3×3 kernel has 9 numbers, and there is one "
        "for each input channel.",
        "w",
    ),
    "kernel-size": _term(
        Text("核的边长", "kernel size"),
        "卷积或池化窗口的边长，以像素计。",
        "The side length in pixels of the window of a convolution or pooling.",
        "k",
    ),
    "learning-rate": _term(
        Text("学习率", "learning rate"),
        "每一步沿负梯度方向走多远。",
        "How far each step goes along the negative gradient.",
        r"\eta",
    ),
    "level": _term(
        Text("低、中、高级特征", "low-, mid- and high-level features"),
        "从像素直接得到的、由前者组合的、再作组合因而更抽象的特征。",
        "Features taken straight from pixels, combinations of those, and combinations of "
        "combinations, which are more abstract.",
    ),
    "linear-model": _term(
        Text("线性模型", "linear model"),
        "把输入各数加权求和、再加偏置来打分的模型，没有隐藏层。",
        "A model that scores by a weighted sum of its inputs and a bias, without hidden layers.",
    ),
    "linear-probe": _term(
        Text("线性探针", "linear probe"),
        "把某一层的输出固定，只在上面训练一个线性分类器，看类别分得多开。",
        "A linear classifier trained on one layer's frozen outputs; its accuracy says how well "
        "that layer separates the classes.",
    ),
    "local-field": _term(
        Text("局部感知", "local receptive field"),
        "卷积层的一个输出只看输入上的一个小窗口。",
        "Each output of a convolution looks at one small window of its input.",
    ),
    "locally-connected": _term(
        Text("局部连接层", "locally connected layer"),
        "窗口与卷积一样，但每个位置用自己的一套权重。",
        "Windows like a convolution's, but with weights of its own at each place.",
    ),
    "logit": _term(
        Text("得分", "logit"),
        "最后一层给每个类别的数，经过 softmax 变成概率。",
        "The number that the last layer gives to each class; softmax turns them into "
        "probabilities.",
        "z",
    ),
    "max-pooling": _term(
        Text("最大池化", "max pooling"),
        "每个窗口只留最大的数。",
        "Of each window only the largest number is kept.",
    ),
    "mean-pooling": _term(
        Text("平均池化", "mean pooling"),
        "每个窗口只留平均数；也叫均值池化。",
        "Of each window only the mean is kept; also average pooling.",
    ),
    "multiply-add": _term(
        Text("乘加", "multiply-add"),
        "一次乘法连同一次加法，计算量的单位。",
        "One product added to a sum; the unit in which work is counted.",
    ),
    "never-left": _fate("never left chance"),
    "occlusion": _term(
        Text("遮挡", "occlusion"),
        "遮住图像的一块，看网络的答案变不变。",
        "Covering a part of an image to see whether the network's answer changes.",
    ),
    "overfitting": _term(
        Text("过拟合", "overfitting"),
        "把训练图像的偶然之处也学了进去，换一批图像就不灵。",
        "Accidents of the training images have been learned too and do not help on other images.",
    ),
    "padding": _term(
        Text("填充", "padding"),
        "在输入四周补一圈数（多为 0），使输出不变小。",
        "A border, mostly of zeros, added to the input so that the output does not shrink.",
        "p",
    ),
    "plateau": _term(
        Text("平台期", "plateau"),
        "损失停在某个水平附近、久久不降的一段训练。",
        "A stretch of training in which the loss stays near one level.",
    ),
    "pooling": _term(
        Text("池化", "pooling"),
        "把特征图分成小窗口，每个窗口归并成一个数；也叫下采样、汇聚。",
        "The map is cut into small windows and each is merged into one number; also called "
        "down-sampling.",
    ),
    "receptive-field": _term(
        Text("感受野", "receptive field"),
        "一个输出能追溯到的输入范围，常用边长表示。",
        "The part of the input that an output depends on, mostly given by its side length.",
        "r",
    ),
    "relu": _term(
        Text("线性整流", "ReLU"),
        "负数变为 0，正数不变。",
        "Rectified linear unit: negative numbers become 0, positive ones stay.",
    ),
    "seed": _term(
        Text("随机种子", "random seed"),
        "决定初始权重和批次次序的一个整数；种子相同，训练结果相同。",
        "An integer that decides the first weights and the order of the batches; equal seeds "
        "train to equal results.",
    ),
    "sgd": _term(
        Text("随机梯度下降", "stochastic gradient descent"),
        "每次用一小批图像估计梯度，沿负梯度走一小步。",
        "The gradient is estimated from a small batch, and a small step is taken against it.",
    ),
    "side-length": _term(
        Text("边长", "side length"),
        "特征图一边的像素数。",
        "The number of pixels along one side of a map.",
        "n",
    ),
    "skip": _term(
        Text("跳跃连接", "skip connection"),
        "把较浅的层的输出接到较深的结果上，补回位置细节。",
        "The output of an earlier layer is added to a later result, which brings back detail of "
        "place.",
    ),
    "solved": _fate("solved"),
    "softmax": _term(
        Text("softmax", "softmax"),
        "把各类别的得分变成总和为 1 的概率。",
        "Turns the scores of the classes into probabilities that add up to 1.",
    ),
    "spacing": _term(
        Text("间隔", "spacing"),
        "相邻两个输出在输入上相距多少像素。",
        "How many input pixels lie between two neighboring outputs.",
        "s",
    ),
    "stride": _term(
        Text("步幅", "stride"),
        "窗口每次移动几个像素。",
        "By how many pixels the window moves each time.",
        "t",
    ),
    "trained-pooling": _term(
        Text("可训练池化", "trained pooling"),
        "归并窗口的权重由训练决定；这里用步幅为 2 的逐通道卷积。",
        "The weights that merge a window are trained; here, a depth-wise convolution with stride "
        "2.",
    ),
    "transposed-convolution": _term(
        Text("转置卷积", "transposed convolution"),
        "把每个输入数按卷积核铺开再叠加，图因而变大；也叫反卷积，但它并不是卷积的逆。",
        "Every input number is spread out by a kernel and the copies are added, so the map grows; "
        "also called deconvolution, though it undoes no convolution.",
    ),
    "unit": _term(
        Text("单元", "unit"),
        "特征图上的一个位置，或全连接层的一个输出。",
        "One place of a feature map, or one output of a dense layer.",
    ),
    "unsettled": _fate("unsettled"),
    "up-sampling": _term(
        Text("上采样", "up-sampling"),
        "把图变大，例如重复像素、插值或转置卷积。",
        "Making a map larger, by repeating pixels, interpolation or a transposed convolution.",
    ),
    "validation-set": _term(
        Text("验证集", "validation set"),
        "既不用来训练、也不用来报告结果的图像，在多个网络或设置之间做选择时用。",
        "Images used neither to train nor to report a result, but to choose among networks or "
        "settings.",
    ),
    "variant": _term(
        Text("变体", "variant"),
        "本站的一个网络连同它的训练设置。",
        "One network of this site with its training settings.",
    ),
    "weight-sharing": _term(
        Text("权值共享", "weight sharing"),
        "同一个卷积核用在输入的所有位置。",
        "The same kernel is used at all places of the input.",
    ),
    "one-by-one": _term(
        Text("1×1 卷积", "1×1 convolution"),
        "核的边长为 1 的卷积：在每个像素上把各通道混合一次，不看邻居。",
        "A convolution whose kernel is one pixel wide: it mixes the channels at each pixel and "
        "looks at no neighbor.",
    ),
}
