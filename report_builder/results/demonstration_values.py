"""How the facts of demonstrations are told: as the values `windows.sum`, `pooling.channel`, ..., and as tables.

A row of FACTS is a fact that prose may quote: how it is written and what it means; `{name}` in a meaning is another fact of
the same demonstration. A row of TABLES gives headings and a function of the recorded demonstration and the language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from report_builder.figures.toolkit.words import class_name
from report_builder.text import count, hundredths, number, percent

if TYPE_CHECKING:
    from xo.demonstrations.record import DemonstrationRecord


class Fact(NamedTuple):
    write: Callable[..., str]
    zh: str = ""
    en: str = ""


class Heading(NamedTuple):
    zh: str
    en: str
    number: bool = False


class Shown(NamedTuple):
    demonstration: str
    headings: tuple[Heading, ...]
    rows: Callable[[DemonstrationRecord, str], Iterator[list[str]]]


def signed(value: float) -> str:
    """A weight or an activation, to three decimals, with a true minus sign."""
    return f"{value:.3f}".replace("-", "−")


def tiny(difference: float) -> str:
    """A difference that rounding leaves: 4.8 × 10⁻⁷, or 0."""
    return number(difference, 2)


def times(ratio: float) -> str:
    return f"{ratio:,.0f}" if ratio >= 10 else number(ratio, 2)


def share(part: float | None) -> str:
    """In percent; a dash where there is nothing to take a share of."""
    return "—" if part is None else percent(part)


def listed(numbers: list[float]) -> str:
    return ", ".join(map(hundredths, numbers))


# pooling as recorded, in Chinese and in English; the first is none at all
KINDS = (
    ("none", "不池化", "no pooling"),
    ("max", "最大池化", "max-pooling"),
    ("mean", "平均池化", "mean-pooling"),
    ("gaussian", "高斯池化", "Gaussian pooling"),
    ("trained", "可训练池化", "trained pooling"),
)

# what the network with three convolutions is probed at, in Chinese and in English
DEPTHS = (
    ("input", "像素", "the pixels"),
    ("relu1", "第一块之后", "the first block"),
    ("relu2", "第二块之后", "the second block"),
    ("relu3", "第三块之后", "the third block"),
    ("dense1", "第一个全连接层之后", "the first dense layer"),
    ("dense2", "第二个全连接层之后", "the second dense layer"),
)

FACTS: dict[str, dict[str, Fact]] = {
    "windows": {
        "image": Fact(class_name, "测试图像 {id}", "test image {id}"),
        "kernel": Fact(
            count,
            "第一层的第几个卷积核，从 1 数起",
            "which kernel of the first layer, counted from 1",
        ),
        "row": Fact(
            count,
            "窗口左上角所在的行，从 0 数起",
            "row of the window's upper left corner, counted from 0",
        ),
        "column": Fact(
            count,
            "窗口左上角所在的列，从 0 数起",
            "column of the window's upper left corner, counted from 0",
        ),
        "sum": Fact(signed, "窗口内九个乘积之和", "sum of the window's nine products"),
        "bias": Fact(signed, "这个卷积核的偏置", "the kernel's bias"),
        "output": Fact(signed, "九个乘积之和加偏置", "sum of the nine products and the bias"),
        "pytorch": Fact(
            signed,
            "同一个像素，由 PyTorch 的卷积层给出",
            "the same pixel as PyTorch's layer gives it",
        ),
        "difference": Fact(
            tiny,
            "整幅特征图上，手算与 PyTorch 的最大差别",
            "largest difference between sums by hand and PyTorch's layer, over the whole map",
        ),
        "field_conv1": Fact(count, "感受野的边长，像素", "side of the receptive field in pixels"),
        "field_pool1": Fact(count, "感受野的边长，像素", "side of the receptive field in pixels"),
        "field_conv2": Fact(count, "感受野的边长，像素", "side of the receptive field in pixels"),
        "field_pool2": Fact(count, "感受野的边长，像素", "side of the receptive field in pixels"),
        "field_conv3": Fact(
            count,
            "感受野的边长，像素；三个卷积层的网络",
            "side of the receptive field in pixels, in the network with three convolutions",
        ),
        "field_pool3": Fact(
            count,
            "感受野的边长，像素；三个卷积层的网络",
            "side of the receptive field in pixels, in the network with three convolutions",
        ),
        "near": Fact(
            hundredths,
            "相距 1 个像素的两点的相关系数，n = {images} 幅测试图像",
            "correlation of pixels 1 pixel apart, over n = {images} test images",
        ),
        "far": Fact(
            hundredths,
            "相距 {distance_far} 个像素的两点的相关系数，n = {images} 幅测试图像",
            "correlation of pixels {distance_far} pixels apart, over n = {images} test images",
        ),
        "distance_far": Fact(count, "像素", "pixels"),
        "inside_change": Fact(
            signed,
            "翻转感受野内的一个像素，conv2 的一个值最多改变多少",
            "how far one value of conv2 moves at most when one pixel of its receptive field is inverted",
        ),
        "outside_change": Fact(
            tiny,
            "同时翻转感受野外的全部像素，同一个值改变多少",
            "how far the same value moves when all pixels outside of its receptive field are inverted at once",
        ),
    },
    "shifts": {
        "images": Fact(count, "测试图像", "test images"),
        "most": Fact(count, "像素", "pixels"),
        "conv_difference": Fact(
            tiny,
            "平移 1 到 {most} 个像素，特征图移回之后的最大差别，n = {images} 幅图像",
            "largest difference of the map once moved back, over shifts of 1 to {most} pixels and n = {images} images",
        ),
        "even_difference": Fact(
            tiny,
            "偶数步平移，池化后的特征图移回之后的最大差别，n = {images} 幅图像",
            "largest difference of the pooled maps once moved back, over even shifts and n = {images} images",
        ),
        "odd_correlation_max": Fact(
            hundredths,
            "奇数步平移，最大池化的特征图移回之后的相关系数，n = {images} 幅图像",
            "correlation of the max-pooled map once moved back, over odd shifts and n = {images} images",
        ),
        "odd_correlation_mean": Fact(
            hundredths,
            "奇数步平移，平均池化的特征图移回之后的相关系数，n = {images} 幅图像",
            "correlation of the mean-pooled map once moved back, over odd shifts and n = {images} images",
        ),
        **{
            f"change_{kind}_{distance}": Fact(
                hundredths,
                f"图像平移 {distance} 个像素时{zh}的特征图在原位的相对变化，n = {{images}} 幅图像的平均",
                f"relative change in place of the map {en} when the image moves by {distance} px, mean of n = {{images}} images",
            )
            for kind, zh, en in (
                ("none", "不池化", "without pooling"),
                ("max", "最大池化", "after max-pooling"),
                ("mean", "平均池化", "after mean-pooling"),
            )
            for distance in range(1, 9)
        },
        **{
            f"accuracy_{distance}": Fact(
                percent,
                f"测试图像平移 {distance} 个像素时基准网络的准确率，两个方向的平均，n = {{test_images}} 幅",
                f"accuracy of the baseline on test images moved by {distance} px, mean of two directions, n = {{test_images}}",
            )
            for distance in range(9)
        },
    },
    "sharing": {
        "shared": Fact(count, "卷积层的参数", "parameters of the convolution"),
        "local": Fact(count, "局部连接层的参数", "parameters of the locally connected layer"),
        "dense": Fact(count, "全连接层的参数", "parameters of the dense layer"),
        "local_times": Fact(times, "是卷积层的多少倍", "times as many as the convolution has"),
        "dense_times": Fact(times, "是卷积层的多少倍", "times as many as the convolution has"),
        "map_height": Fact(count),
        "map_width": Fact(count),
        "channels": Fact(count),
        "window": Fact(count, "每个核的权值", "weights of each kernel"),
        "inputs": Fact(count, "输入像素", "input pixels"),
        "outputs": Fact(count, "输出值", "output values"),
        "multiply_adds_shared": Fact(count, "每幅图像的乘加次数", "multiply-adds per image"),
        "multiply_adds_local": Fact(count, "每幅图像的乘加次数", "multiply-adds per image"),
        "multiply_adds_dense": Fact(count, "每幅图像的乘加次数", "multiply-adds per image"),
    },
    "pooling": {
        "channel": Fact(
            count, "画出的通道，从 1 数起", "the channel that is shown, counted from 1"
        ),
        "channels": Fact(count),
        "images": Fact(count, "测试图像", "test images"),
        "full_side": Fact(count, "池化之前的边长", "side before pooling"),
        "pooled_side": Fact(count, "池化之后的边长", "side after pooling"),
        "kept_share": Fact(
            percent, "池化之后剩下的数值个数", "numbers that are left after pooling"
        ),
        "seed_accuracy": Fact(
            percent,
            "可训练池化的这个种子的测试准确率",
            "test accuracy of this seed of the network with trained pooling",
        ),
        "trained_weights": Fact(
            listed,
            "画出的通道训练出来的四个池化权值",
            "the four trained pooling weights of the channel that is shown",
        ),
        "bias": Fact(signed),
        "window": Fact(
            listed,
            "一个 2×2 窗口的四个值，先行后列",
            "the four values of one 2×2 window, row by row",
        ),
        **{
            f"window_{kind}": Fact(
                hundredths, f"这个窗口{zh}的结果", f"what {en} makes of this window"
            )
            for kind, zh, en in KINDS[1:]
        },
        **{
            f"detail_{kind}": Fact(
                percent,
                f"{zh}丢掉的方差比例，n = {{images}} 幅测试图像 × {{channels}} 个通道的平均",
                f"share of the map's variance that {en} loses, mean of n = {{images}} test images × {{channels}} channels",
            )
            for kind, zh, en in KINDS[1:]
        },
        **{
            f"change_{kind}": Fact(
                hundredths,
                f"图像右移 1 个像素时{zh}的特征图在原位的相对变化，n = {{images}} 幅图像的平均",
                f"relative change in place of the map with {en} when the image moves 1 px to the right, mean of n = {{images}} images",
            )
            for kind, zh, en in KINDS
        },
        "parameters_trained": Fact(
            count, "第一个池化层的参数", "parameters of the first pooling layer"
        ),
    },
    "partial-sums": {
        "unit": Fact(
            count,
            "第二层的第几个输出通道，从 1 数起",
            "which output channel of the second layer, counted from 1",
        ),
        "units": Fact(count, "第二层的输出通道", "output channels of the second layer"),
        "inputs": Fact(count, "第二层的输入通道", "input channels of the second layer"),
        "row": Fact(count, "从 0 数起", "counted from 0"),
        "column": Fact(count, "从 0 数起", "counted from 0"),
        "sum": Fact(signed, "各部分之和", "sum of the parts"),
        "bias": Fact(signed),
        "output": Fact(signed, "各部分之和加偏置", "sum of the parts and the bias"),
        "pytorch": Fact(
            signed,
            "同一个像素，由 PyTorch 的卷积层给出",
            "the same pixel as PyTorch's layer gives it",
        ),
        "difference": Fact(
            tiny,
            "整幅特征图上，手算与 PyTorch 的最大差别",
            "largest difference between sums by hand and PyTorch's layer, over the whole map",
        ),
        "largest_part": Fact(
            count,
            "贡献最大的输入通道，从 1 数起",
            "the input channel that gives most, counted from 1",
        ),
        "parameters": Fact(count, "第二层的参数", "parameters of the second layer"),
        "weights_per_unit": Fact(count, "每个输出通道的权值", "weights of each output channel"),
    },
    "mixing": {
        "channels_in": Fact(count),
        "channels_out": Fact(count),
        "side": Fact(count, "特征图的边长", "side of the maps"),
        "output": Fact(
            count, "画出的输出通道，从 1 数起", "the output channel that is shown, counted from 1"
        ),
        "largest_input": Fact(
            count,
            "权值绝对值最大的输入通道，从 1 数起",
            "the input channel with the largest weight, counted from 1",
        ),
        "largest_weight": Fact(signed),
        "bias": Fact(signed),
        "parameters": Fact(count, "整个 1×1 层的参数", "parameters of the whole 1×1 layer"),
        "difference": Fact(
            tiny,
            "整幅特征图上，手算与 PyTorch 的最大差别",
            "largest difference between sums by hand and PyTorch's layer, over the whole map",
        ),
        "seed_accuracy": Fact(percent, "这个种子的测试准确率", "test accuracy of this seed"),
    },
    "fcn": {
        "kernel": Fact(
            count,
            "第一个全连接层变成的卷积核的边长",
            "side of the kernels that the first dense layer becomes",
        ),
        "dense_parameters": Fact(count, "全连接层的参数", "parameters of the dense layers"),
        "fcn_parameters": Fact(
            count, "由它们改成的卷积层的参数", "parameters of the convolutions made of them"
        ),
        "stride": Fact(
            count,
            "热力图上相邻两个值在画布上的距离，像素",
            "distance on the canvas of two neighbors on the heat map, in pixels",
        ),
        "field": Fact(
            count,
            "热力图上一个值看到的画布的边长，像素",
            "side of the canvas that one value of the heat map sees, in pixels",
        ),
        "margin": Fact(
            count,
            "画布左边和上边补的空地，像素；这样每个值都在它所看范围的正中",
            "empty ground put left of and above the canvas, in pixels, so that each value stands in the middle of what it sees",
        ),
        "canvas_width": Fact(count, "像素", "pixels"),
        "canvas_height": Fact(count, "像素", "pixels"),
        "heat_width": Fact(count),
        "heat_height": Fact(count),
        "upsampled_width": Fact(count, "像素", "pixels"),
        "upsampled_height": Fact(count, "像素", "pixels"),
        "shapes": Fact(count, "取自测试图像", "taken from the test images"),
        "right": Fact(count, "共 {shapes} 个图形", "of {shapes} shapes"),
        "right_pixels": Fact(
            percent, "各图形笔画的全部像素", "of all pixels of the shapes' strokes"
        ),
        "crops": Fact(
            count, "画布上的裁剪图，其中一幅是空地", "crops of the canvas, one of them empty"
        ),
        "crop_difference": Fact(
            tiny,
            "n = {crops} 幅裁剪图上，分类器与全卷积网络得分的最大差别",
            "largest difference between the scores of classifier and fully convolutional network, on n = {crops} crops",
        ),
        "near": Fact(count, "像素", "pixels"),
        "edge_before": Fact(
            percent,
            "全部热量中，落在笔画上或离它不超过 {near} 个像素、类别也对的",
            "of all heat, what lies at most {near} pixels from a stroke and names its class",
        ),
        "edge_after": Fact(
            percent,
            "全部热量中，落在笔画上或离它不超过 {near} 个像素、类别也对的",
            "of all heat, what lies at most {near} pixels from a stroke and names its class",
        ),
        "empty_class": Fact(
            class_name,
            "只有空地的图像上概率最高的类别",
            "the class with the highest probability on an image of empty ground",
        ),
        "empty_probability": Fact(percent, "只有空地的图像", "on an image of empty ground"),
        "touching_o": Fact(
            percent,
            "{first} 与 {second} 的第一幅测试图像相接处，{first} 的概率",
            "probability of {first} where the first test images of {first} and {second} touch",
        ),
        "touching_x": Fact(
            percent,
            "{first} 与 {second} 的第一幅测试图像相接处，{second} 的概率",
            "probability of {second} where the first test images of {first} and {second} touch",
        ),
        "pairs": Fact(
            count, "对测试图像，两种左右次序都算", "pairs of test images, laid both ways"
        ),
        "pairs_first": Fact(
            percent,
            "n = {pairs} 对图形，相接处判为 {first} 的",
            "of n = {pairs} pairs, those called {first} where they touch",
        ),
        "pairs_sure": Fact(
            percent,
            "n = {pairs} 对图形，相接处最高的概率不低于 {sure} 的",
            "of n = {pairs} pairs, those whose highest probability where they touch is at least {sure}",
        ),
        "places": Fact(count, "热力图上的位置", "places of the heat map"),
        "fcn_multiply_adds": Fact(count, "整幅画布算一次", "the whole canvas at once"),
        "windows_multiply_adds": Fact(
            count, "分类器在 {places} 个位置上各算一次", "the classifier at each of {places} places"
        ),
        "times": Fact(
            times,
            "逐个窗口计算的乘加次数是它的多少倍",
            "how many times its multiply-adds the classifier needs, window by window",
        ),
    },
    "probes": {
        "n": Fact(count, "种子", "seeds"),
        "n_solved": Fact(count, "共 {n} 个种子", "of {n} seeds"),
        "images_train": Fact(count, "训练图像", "training images"),
        "images_test": Fact(count, "测试图像", "test images"),
        "penalty": Fact(
            times, "正则系数，所有深度和种子相同", "penalty, the same for all depths and seeds"
        ),
        "blind": Fact(percent, "总答最常见的一类", "always naming the commonest class"),
        **{
            depth: Fact(
                percent,
                f"{zh}，线性探针的准确率，n = {{n}} 个种子的中位数，{{images_test}} 幅测试图像",
                f"accuracy of a linear probe on {en}, median of n = {{n}} seeds, {{images_test}} test images",
            )
            for depth, zh, en in DEPTHS
        },
        **{
            f"untrained_{depth}": Fact(
                percent,
                f"训练之前{zh}，线性探针的准确率，n = {{n}} 个种子的中位数，{{images_test}} 幅测试图像",
                f"accuracy of a linear probe on {en} before training, median of n = {{n}} seeds, {{images_test}} test images",
            )
            for depth, zh, en in DEPTHS
        },
    },
    "patches": {
        "count": Fact(count, "每个通道的图像块", "patches of a channel"),
        "images": Fact(count, "测试图像", "test images"),
        "same_class_chance": Fact(
            percent,
            "任取 {count} 幅测试图像，最多的那一类平均占的份额",
            "the commonest class's share of {count} test images taken at random, on average",
        ),
        **{
            f"{name}_{k}": Fact(write, f"第 {k} 块{zh}", f"block {k}{en}")
            for k in (1, 2, 3)
            for name, write, zh, en in (
                ("units", count, "的通道", ", channels"),
                ("silent", count, "始终为零的通道", ", channels that are always zero"),
                ("field", count, "的感受野的边长，像素", ", side of the receptive field in pixels"),
                (
                    "same_class",
                    share,
                    "一个通道的 {count} 块里，最多的那一类所占的份额，各通道的平均",
                    ", share of the commonest class among a channel's {count} patches, mean over channels",
                ),
            )
        },
    },
    "bottleneck": {
        "channels": Fact(count),
        "narrow": Fact(count),
        "map_height": Fact(count),
        "map_width": Fact(count),
        **{
            f"{name}_{what}": Fact(count, f"{zh}的{measured[0]}", f"{measured[1]} of {en}")
            for name, zh, en in (
                ("plain", "普通 3×3 层", "the plain 3×3 layer"),
                ("bottleneck", "瓶颈", "the bottleneck"),
                ("own_plain", "基准网络第二个卷积层", "the baseline's second convolution"),
                ("own_narrow", "代替它的 1×1 与 3×3 两层", "the 1×1 and 3×3 layers in its place"),
            )
            for what, measured in (
                ("parameters", ("参数", "parameters")),
                ("multiply_adds", ("乘加次数", "multiply-adds")),
            )
        },
        "times": Fact(
            times,
            "普通层的参数是瓶颈的多少倍",
            "how many times the bottleneck's parameters the plain layer has",
        ),
        "times_multiply_adds": Fact(
            times,
            "普通层的乘加次数是瓶颈的多少倍",
            "how many times the bottleneck's multiply-adds the plain layer needs",
        ),
        "own_times": Fact(times, "参数的倍数", "ratio of parameters"),
        "own_times_multiply_adds": Fact(times, "乘加次数的倍数", "ratio of multiply-adds"),
    },
}


def _windows(shown: DemonstrationRecord, language: str) -> Iterator[list[str]]:
    patch, kernel = shown.array("patch"), shown.array("kernel")
    for (i, j), product in np.ndenumerate(shown.array("products")):
        yield [
            f"({i}, {j})",
            f"{patch[i, j]:g}",
            signed(kernel[i, j]),
            signed(product) if product else "0",
        ]


def _shifts(shown: DemonstrationRecord, language: str) -> Iterator[list[str]]:
    for distance in range(1, shown.facts["most"] + 1):
        yield [
            count(distance),
            *(
                hundredths(shown.facts[f"change_{kind}_{distance}"])
                for kind in ("none", "max", "mean")
            ),
            percent(shown.facts[f"accuracy_{distance}"]),
        ]


def _sharing(shown: DemonstrationRecord, language: str) -> Iterator[list[str]]:
    names = {
        "shared": ("卷积", "Convolution"),
        "local": ("局部连接", "Locally connected"),
        "dense": ("全连接", "Dense"),
    }
    for name, words in names.items():
        yield [
            words[language == "en"],
            count(shown.facts[name]),
            count(shown.facts[f"multiply_adds_{name}"]),
        ]


def _pooling(shown: DemonstrationRecord, language: str) -> Iterator[list[str]]:
    rules = {
        "max": ("四个值中最大的", "the largest of four values"),
        "mean": ("四个值的平均", "the mean of four values"),
        "gaussian": (
            "4×4 二项式核模糊，每隔一个取一个",
            "blurred by a 4×4 binomial kernel, every second value kept",
        ),
        "trained": (
            "四个训练出来的权值加权求和，再加偏置",
            "a sum weighted by four trained weights, and a bias",
        ),
    }
    for kind, zh, en in KINDS[1:]:
        facts = shown.facts
        yield [
            zh if language == "zh" else en.capitalize(),
            rules[kind][language == "en"],
            count(facts[f"parameters_{kind}"]),
            percent(facts[f"detail_{kind}"]),
            hundredths(facts[f"change_{kind}"]),
        ]


def _partial_sums(shown: DemonstrationRecord, language: str) -> Iterator[list[str]]:
    for i, (part, total) in enumerate(
        zip(shown.facts["parts"], np.cumsum(shown.facts["parts"])), 1
    ):
        yield [count(i), signed(part) if part else "0", signed(total)]
    yield [
        {"zh": "偏置", "en": "Bias"}[language],
        signed(shown.facts["bias"]),
        signed(shown.facts["output"]),
    ]


def _mixing(shown: DemonstrationRecord, language: str) -> Iterator[list[str]]:
    yield from ([count(i), signed(weight)] for i, weight in enumerate(shown.facts["weights"], 1))
    yield [{"zh": "偏置", "en": "Bias"}[language], signed(shown.facts["bias"])]


def _bottleneck(shown: DemonstrationRecord, language: str) -> Iterator[list[str]]:
    names = {
        "plain": ("普通", "Plain"),
        "bottleneck": ("瓶颈", "Bottleneck"),
        "own_plain": ("基准网络", "Baseline"),
        "own_narrow": ("插入 1×1 卷积", "With a 1×1 convolution"),
    }
    for name, layers in shown.facts["layers"].items():
        for layer in layers:
            yield [
                names[name][language == "en"],
                f"{layer['kernel']}×{layer['kernel']}",
                f"{layer['in']} → {layer['out']}",
                count(layer["parameters"]),
                count(layer["multiply_adds"]),
            ]
        if len(layers) > 1:
            yield [
                names[name][language == "en"],
                {"zh": "合计", "en": "Total"}[language],
                "",
                count(shown.facts[f"{name}_parameters"]),
                count(shown.facts[f"{name}_multiply_adds"]),
            ]


def _probes(shown: DemonstrationRecord, language: str) -> Iterator[list[str]]:
    for depth, zh, en in DEPTHS:
        after, before = (shown.facts[state][depth] for state in ("accuracy", "untrained"))
        yield [
            zh if language == "zh" else en[4:].capitalize(),
            count(shown.facts["sizes"][depth]),
            *(
                percent(value)
                for value in (
                    float(np.median(after)),
                    min(after),
                    max(after),
                    float(np.median(before)),
                )
            ),
        ]


TABLES: dict[str, Shown] = {
    "windows": Shown(
        "windows",
        (
            Heading("位置（行，列）", "Place (row, column)"),
            Heading("像素", "Pixel", True),
            Heading("权值", "Weight", True),
            Heading("乘积", "Product", True),
        ),
        _windows,
    ),
    "shifts": Shown(
        "shifts",
        (
            Heading("平移的像素数", "Pixels moved", True),
            Heading("不池化", "No pooling", True),
            Heading("最大池化", "Max", True),
            Heading("平均池化", "Mean", True),
            Heading("基准网络的准确率", "Accuracy of the baseline", True),
        ),
        _shifts,
    ),
    "sharing": Shown(
        "sharing",
        (
            Heading("层", "Layer"),
            Heading("参数", "Parameters", True),
            Heading("乘加", "Multiply-adds", True),
        ),
        _sharing,
    ),
    "pooling-kinds": Shown(
        "pooling",
        (
            Heading("池化", "Pooling"),
            Heading("规则", "Rule"),
            Heading("参数", "Parameters", True),
            Heading("丢失的细节", "Detail lost", True),
            Heading("右移 1 像素的变化", "Change for 1 px", True),
        ),
        _pooling,
    ),
    "probes": Shown(
        "probes",
        (
            Heading("深度", "Depth"),
            Heading("每幅图像的数值", "Values of an image", True),
            Heading("准确率中位数", "Median accuracy", True),
            Heading("最低", "Least", True),
            Heading("最高", "Most", True),
            Heading("训练之前的中位数", "Median before training", True),
        ),
        _probes,
    ),
    "partial-sums": Shown(
        "partial-sums",
        (
            Heading("输入通道", "Input channel", True),
            Heading("部分", "Part", True),
            Heading("累计", "Running sum", True),
        ),
        _partial_sums,
    ),
    "mixing": Shown(
        "mixing",
        (Heading("输入通道", "Input channel", True), Heading("权值", "Weight", True)),
        _mixing,
    ),
    "bottleneck": Shown(
        "bottleneck",
        (
            Heading("做法", "Design"),
            Heading("核", "Kernel"),
            Heading("通道", "Channels"),
            Heading("参数", "Parameters", True),
            Heading("乘加", "Multiply-adds", True),
        ),
        _bottleneck,
    ),
}


def told(shown: DemonstrationRecord) -> Iterator[tuple[str, str, str, str]]:
    """Name, text, and the meaning in Chinese and English of every fact that FACTS knows of a demonstration."""
    for name, fact in FACTS.get(shown.name, {}).items():
        yield (
            f"{shown.name}.{name}",
            fact.write(shown.facts[name]),
            fact.zh.format(**shown.facts),
            fact.en.format(**shown.facts),
        )
