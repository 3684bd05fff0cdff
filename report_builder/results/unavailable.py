"""Why a demonstration, a figure, a table or a claim cannot be shown, in words."""

from __future__ import annotations

from report_builder.text import Text
from xo.demonstrations.record import MissingWeights, Reason

NOT_COMPUTED = Text(
    "这项演示还没有计算；运行 python -m report_builder build 即可得到",
    "has not been computed yet; 'python -m report_builder build' does",
)
NO_SETTINGS = Text(
    "这项研究没有其他学习率或初始化的训练，它们在研究 full 里；"
    "python -m report_builder build --study full 会训练",
    "this study has no run with another learning rate or initialization; the study full has, and "
    "'python -m report_builder build --study full' trains them",
)
REASONS = {
    "images too small to shift": Text(
        "图像边长不到 {side} 个像素，平移 {shift} 个像素后剩下的太少",
        "images are no larger than {side} pixels, and moved by {shift} too little of them is left",
    ),
    "too few images to label": Text(
        "有的类别的训练图像不到 {images} 幅",
        "a class has fewer than {images} training images",
    ),
    "no drawings of O and X": Text(
        "合成的照片画的是圈和叉，这个数据集的类别不是",
        "the synthetic photographs show circles and crosses, which are not this data set's classes",
    ),
    "constant feature maps": Text(
        "第一层的特征图处处相同，没有可以汇聚的细节",
        "the first layer's maps are the same everywhere; there is no detail to pool",
    ),
    "no gradient": Text(
        "没有梯度传到第一层：后面有一层对任何图像都不响应",
        "no gradient reaches the first layer: a later one responds to no image",
    ),
}


def unavailable(reason: Reason) -> Text:
    """Why a demonstration cannot be shown on this data set or network."""
    return REASONS[reason.reason].format(
        **{name: f"{value:g}" for name, value in reason.numbers.items()}
    )


def missing_weights_text(weights: MissingWeights) -> Text:
    """Which weights a demonstration cannot do without, and how to get them."""
    return Text(
        f"这项演示需要 {weights.variant} 训练好的权重，而存储中没有；可以用 {weights.command} 得到",
        f"needs trained weights of {weights.variant}, which the store does not have; '"
        f"{weights.command}' makes them",
    )
