"""The computed answers to exercises, `exercises.most_blocks`: arithmetic on this site's networks
for images of SIDE pixels a side, and on the methods of its statistics. They rest on no record.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil, exp, expm1, log, log1p, sqrt

from report_builder.evidence.estimates import (
    Z,
    entropy,
    holm,
    share,
    share_estimate,
)
from report_builder.results.findings import SIGNIFICANT
from report_builder.results.forms import interval
from report_builder.results.report import Value
from report_builder.text import SPACE, Text, count, number, percent, same, thousandths
from xo.data.generate import CLASSES as SHAPES
from xo.data.generate import COUNTS, SIDE
from xo.network.measurements import POOL, Layer, receptive_fields
from xo.variants import VARIANTS

TRAIN_IMAGES, TEST_IMAGES = (len(SHAPES) * COUNTS[part] for part in ("train", "test"))
KERNEL = 3  # side of its kernels
ROWS_EVERY = 10  # batches
POWER = 0.8  # with which a difference is to be found
Z_POWER = 0.8416212335729143  # 80 % of a normal distribution lie below
BASELINE = VARIANTS["baseline"]

Values = dict[str, Value]


def exercise_values() -> Values:
    """Every computed answer."""
    groups = (_of_sizes(), _of_parameters(), _of_training(), _of_statistics())
    return {f"exercises.{name}": value for group in groups for name, value in group.items()}


# Sizes


def _of_sizes() -> Values:
    sides = block_sides(SIDE)
    fields = block_fields(len(sides))
    row = [0, 3, 1, 0, 2, 0]
    return {
        "layers_alone": _answer(
            count(ceil((SIDE - 1) / (KERNEL - 1))),
            "3×3 卷积的层数，感受野不小于 116 像素宽",
            "3×3 convolutions whose receptive field is at least 116 pixels wide",
        ),
        "most_blocks": _answer(
            count(len(sides)),
            "3×3 卷积加 2×2 池化，116 像素宽的图像",
            "of 3×3 convolution and 2×2 pooling, on an image 116 pixels wide",
        ),
        "block_sides": _listed(
            [SIDE, *sides],
            "图像和各块之后的边长，像素",
            "sides of the image and after each block, in pixels",
        ),
        "block_fields": _listed(
            fields, "各块之后的感受野，像素", "receptive field after each block, in pixels"
        ),
        "fourth_side": _answer(count(sides[3]), "第四块之后的边长", "side after the fourth block"),
        "fourth_dense": _answer(
            count(VARIANTS["three-conv"].channels[-1] * sides[3] ** 2),
            "3 个通道展平",
            "3 channels, flattened",
        ),
        "fourth_field": _answer(
            count(fields[3]), "第四块之后，像素", "after the fourth block, in pixels"
        ),
        "field_share": _answer(
            percent((fields[2] / SIDE) ** 2),
            "第三块之后的感受野与 116×116 图像的面积之比",
            "area of the receptive field after the third block, of an image of 116×116",
        ),
        "heat_field": _answer(
            count(heat_field()),
            "热力图上一个值看到的宽度，像素",
            "width that one value of the heat map sees, in pixels",
        ),
        "sides_117": _listed(heat_sides(SIDE + 1), *_ON_THE_WAY),
        "sides_119": _listed(heat_sides(SIDE + 3), *_ON_THE_WAY),
        "padded_sides": _listed(
            block_sides(SIDE, padding=1)[:2],
            "填充 1，两块之后的边长",
            "sides after the two blocks with a padding of 1",
        ),
        "strided_sides": _listed(
            strided_sides(SIDE),
            "两个步幅为 2 的 3×3 卷积之后的边长",
            "sides after two 3×3 convolutions of stride 2",
        ),
        **{
            f"pooled_{moved}": _listed(
                pooled([0] * moved + row[: len(row) - moved]),
                f"这一行右移 {moved} 格之后，每两个数取最大",
                f"largest of each two numbers of the row, moved by {moved}",
            )
            for moved in range(3)
        },
    }


_ON_THE_WAY = (
    "依次是卷积、池化、卷积、池化、改写的全连接层之后",
    "after convolution, pooling, convolution, pooling and the rewritten dense layer",
)


def block_sides(side: int, padding: int = 0) -> list[int]:
    """The side of the maps after each block of convolution and pooling, for all that fit.

    With padding, which lets as many fit as one likes, those after 2 blocks.
    """
    found: list[int] = []
    while (padding == 0 or len(found) < 2) and side + 2 * padding - KERNEL + 1 >= POOL:
        side = (side + 2 * padding - KERNEL + 1) // POOL
        found.append(side)
    return found


def block_fields(blocks: int) -> list[int]:
    """The side of the receptive field after each of so many blocks, in pixels."""
    layers = [
        Layer(f"{kind}{k}", kind, (1, 1, 1), 0, 0, KERNEL if kind == "conv" else None)
        for k in range(1, blocks + 1)
        for kind in ("conv", "pool")
    ]
    fields = receptive_fields(layers)
    return [fields[f"pool{k}"].size for k in range(1, blocks + 1)]


def heat_field() -> int:
    """What one value of the heat map sees of the canvas, in pixels: the baseline's two blocks and
    the convolution that its first dense layer becomes.
    """
    last = block_sides(SIDE)[1]
    return block_fields(2)[1] + (last - 1) * POOL**2


def heat_sides(side: int) -> list[int]:
    """The sides on the way of a canvas: conv1, pool1, conv2, pool2, heat map."""
    found: list[int] = []
    for _ in BASELINE.channels:
        found.append(side - KERNEL + 1)
        found.append(side := found[-1] // POOL)
    return [*found, side - block_sides(SIDE)[1] + 1]


def strided_sides(side: int) -> list[int]:
    """The sides after two convolutions of stride 2 in the place of convolution and pooling."""
    first = (side - KERNEL) // POOL + 1
    return [first, (first - KERNEL) // POOL + 1]


def pooled(row: list[int]) -> list[int]:
    """The largest of each two neighbors."""
    return [max(row[k : k + POOL]) for k in range(0, len(row), POOL)]


# Parameters


def _of_parameters() -> Values:
    first, second = BASELINE.channels
    last = block_sides(SIDE)[1]
    padded, strided = block_sides(SIDE, padding=1)[1], strided_sides(SIDE)[1]
    plain, larger = (dense(second * side**2, BASELINE.dense[0]) for side in (last, padded))
    widest = (sqrt(82) - 1) / 9
    bound = 1 / sqrt(KERNEL**2 * first)
    return {
        "first_dense": _answer(
            count(plain),
            "基准网络第一个全连接层的参数，116×116 的图像",
            "parameters of the baseline's first dense layer, for images of 116×116",
        ),
        "padded_dense": _answer(
            count(larger), "同一层，卷积填充 1", "of the same layer, with a padding of 1"
        ),
        "padded_ratio": _answer(
            number(larger / plain), "两个参数个数之比", "ratio of the two numbers of parameters"
        ),
        "strided_dense": _answer(
            count(second * strided**2),
            "第一个全连接层的输入，步幅为 2 的卷积代替卷积加池化",
            "inputs of the first dense layer, with convolutions of stride 2 for pooling",
        ),
        "strided_parameters": _answer(
            count(baseline_parameters(strided)),
            "全部参数，步幅为 2 的卷积代替卷积加池化",
            "all parameters, with convolutions of stride 2 for pooling",
        ),
        "baseline_parameters": _answer(
            count(baseline_parameters(last)),
            "基准网络，116×116 的图像",
            "of the baseline, for images of 116×116",
        ),
        "grey_conv1": _answer(count(convolution(1, first)), "输入 1 个通道", "for 1 input channel"),
        "color_conv1": _answer(
            count(convolution(3, first)), "输入 3 个通道", "for 3 input channels"
        ),
        "two_small": _answer(
            count(2 * convolution(first, first)),
            "两层 3×3，9 个通道",
            "two 3×3 layers of 9 channels",
        ),
        "one_large": _answer(
            count(convolution(first, first, kernel=5)),
            "一层 5×5，9 个通道",
            "one 5×5 layer of 9 channels",
        ),
        "widest_bottleneck": _answer(thousandths(widest), "(√82 − 1) / 9", "(√82 − 1) / 9"),
        "widest_of_64": _answer(
            count(int(64 * widest)), "C = 64 时的整数宽度", "whole width where C = 64"
        ),
        "kernel_bound": _answer(
            thousandths(bound), "第二层默认初始化的边界", "bound of the second layer's default"
        ),
        "kernel_deviation": _answer(
            thousandths(bound / sqrt(3)), "边界除以 √3", "the bound divided by √3"
        ),
    }


def convolution(inputs: int, outputs: int, kernel: int = KERNEL) -> int:
    """The parameters of a convolution, its biases among them."""
    return outputs * (kernel**2 * inputs + 1)


def dense(inputs: int, outputs: int) -> int:
    """The parameters of a dense layer, its biases among them."""
    return outputs * (inputs + 1)


def baseline_parameters(last_side: int) -> int:
    """The baseline's parameters where its last maps have that side."""
    channels = (1, *BASELINE.channels)
    widths = (channels[-1] * last_side**2, *BASELINE.dense, len(SHAPES))
    return sum(map(convolution, channels, channels[1:])) + sum(map(dense, widths, widths[1:]))


# Training


def _of_training() -> Values:
    batch = BASELINE.batch_size
    uneven, three = entropy((TEST_IMAGES, TRAIN_IMAGES)), entropy((1, 3, 6))
    a_tenth = ("它的十分之一", "a tenth of it")
    return {
        "batches": _answer(
            count(ceil(TRAIN_IMAGES / batch)),
            "1700 幅，每批 64 幅",
            "1700 images, 64 to a batch",
        ),
        "last_batch": _answer(
            count((TRAIN_IMAGES - 1) % batch + 1), "最后一批的幅数", "images of the last batch"
        ),
        "rows_of_300": _answer(
            count(printed_rows(TEST_IMAGES)), "300 幅图像，每轮", "in an epoch of 300 images"
        ),
        "fewest_images": _answer(
            count((3 * ROWS_EVERY - 1) * batch + 1),
            "每轮 3 行：至少 30 批，最后一批只有 1 幅",
            "3 rows an epoch: at least 30 batches, the last one of 1 image",
        ),
        "most_images": _answer(
            count((4 * ROWS_EVERY - 1) * batch),
            "每轮 3 行：至多 39 批，批批都满",
            "3 rows an epoch: at most 39 batches, all of them full",
        ),
        "uneven_loss": _answer(
            thousandths(uneven), "两类占 15 % 与 85 %", "for classes of 15 % and 85 %"
        ),
        "uneven_printed": _answer(thousandths(uneven / 10), *a_tenth),
        "three_loss": _answer(
            thousandths(three), "三类比例的熵", "entropy of the shares of the three classes"
        ),
        "three_printed": _answer(thousandths(three / 10), *a_tenth),
        "largest_d": _answer(
            number(-log(expm1(0.685)), 2),
            "损失正好在打印的下限时的 d，不作近似",
            "d where the loss is the least that prints so, without approximation",
        ),
        "mean_probability": _answer(
            percent(exp(-0.35), 0), "e 的“负平均损失”次方", "e to the power of minus the mean loss"
        ),
        "softmax": _answer(percent(1 / (1 + exp(-3))), "1 / (1 + e⁻³)", "1 / (1 + e⁻³)"),
    }


def printed_rows(images: int) -> int:
    """How many rows the assignment's program prints in an epoch."""
    return ceil(images / BASELINE.batch_size) // ROWS_EVERY


# Statistics


def _of_statistics() -> Values:
    seven, right = share(7, 10), share(297, TEST_IMAGES)
    adjusted = holm({"a": 0.01, "b": 0.02, "c": 0.04})
    alike = 2 * 0.5**8
    discordant = next(n for n in range(1, 99) if 2 * 0.5**n <= SIGNIFICANT)
    level = percent(SIGNIFICANT, 0)
    wilson = ("95 % 的 Wilson 区间", "95 % Wilson interval")
    exact = ("精确的 95 % 区间的下端", "lower end of the exact 95 % interval")
    return {
        "wilson_7_of_10": _answer(f"{interval(seven, 0)}{SPACE}%", *wilson),
        "wilson_low": _answer(thousandths(seven.low), "它的下端", "its lower end"),
        "wilson_low_again": _answer(
            number((0.7 - seven.low) / sqrt(seven.low * (1 - seven.low) / 10)),
            "下端离估计几个标准差",
            "standard deviations from the lower end to the estimate",
        ),
        "wilson_297_of_300": _answer(f"{interval(right, 1)}{SPACE}%", *wilson),
        "lowest_of_3": _answer(percent(share_estimate(3, 3).low, 0), *exact),
        "lowest_of_10": _answer(percent(share_estimate(10, 10).low, 0), *exact),
        "holm": _listed(
            [f"{p:g}" for p in adjusted.values()], "校正后的 p 值", "adjusted p values"
        ),
        "one_class_by_chance": _answer(
            percent(alike), "8 块出自同一类的概率", "probability that 8 patches are of one class"
        ),
        "any_channel_by_chance": _answer(
            percent(1 - (1 - alike) ** 9),
            "9 个通道里至少有一个这样",
            "that at least one of 9 channels has such patches",
        ),
        "discordant": _answer(
            count(discordant),
            "只有一个网络判对的图像数，全偏向同一个网络，符号检验 p 不超过 0.05",
            "images that one network alone gets right, always the same one, for a sign test of "
            "p at most 0.05",
        ),
        "images_to_tell": _answer(
            count(discordant * TEST_IMAGES),
            "平均每 300 幅差 1 幅",
            "where 1 image in 300 differs on average",
        ),
        "fails_once": _answer(percent(1 - 0.8, 0), "1 − p", "1 − p"),
        "six_in_a_row": _answer(percent(0.8**6, 0), "p 的 6 次方", "p to the power of 6"),
        "seeds_to_tell": _answer(
            count(seeds_to_tell(0.8, 0.9)),
            f"每个网络的种子数，检验水平 {level}，功效 {percent(POWER, 0)}",
            f"seeds of each network, at a level of {level} with a power of {percent(POWER, 0)}",
        ),
        "found_by_3": _answer(
            percent(1 - 0.95**3, 0),
            "随机抽查 3 份至少遇到一份",
            "to meet one of them among 3 taken at random",
        ),
        "sample_needed": _answer(
            count(ceil(log(SIGNIFICANT) / log1p(-SIGNIFICANT))),
            f"漏掉的机会不超过 {level}",
            f"for a chance of at most {level} to miss all",
        ),
    }


def seeds_to_tell(p: float, q: float) -> int:
    """How many seeds of each kind show the difference of two shares with the chance POWER."""
    spread = p * (1 - p) + q * (1 - q)
    return ceil((Z + Z_POWER) ** 2 * spread / (p - q) ** 2)


def _answer(text: str, zh: str, en: str) -> Value:
    return Value(same(text), Text(zh, en))


def _listed(items: Iterable[int | str], zh: str, en: str) -> Value:
    words = [count(item) if isinstance(item, int) else item for item in items]
    return Value(Text("、".join(words), ", ".join(words)), Text(zh, en))
