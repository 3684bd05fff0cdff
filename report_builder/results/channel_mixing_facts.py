"""Facts of the demonstrations of how a convolution combines channels that pages may quote: how each
is written, and what it means in its note.
"""

from __future__ import annotations

from report_builder.results.forms import Quoted
from report_builder.results.layer_facts import BY_PYTORCH, DIFFERENCE_FROM_PYTORCH
from report_builder.text import count, ratio, thousandths

CHANNEL_MIXING_FACTS: dict[str, dict[str, Quoted]] = {
    "partial-sums": {
        "unit": Quoted(
            count,
            "第二层的第几个输出通道，从 1 数起",
            "which output channel of the second layer, counted from 1",
        ),
        "units": Quoted(count, "第二层的输出通道", "output channels of the second layer"),
        "inputs": Quoted(count, "第二层的输入通道", "input channels of the second layer"),
        "row": Quoted(count, "从 0 数起", "counted from 0"),
        "column": Quoted(count, "从 0 数起", "counted from 0"),
        "positive": Quoted(thousandths, "正的各部分之和", "sum of the positive parts"),
        "negative": Quoted(thousandths, "负的各部分之和", "sum of the negative parts"),
        "cancelled": Quoted(
            thousandths,
            "正负两边绝对值较小的那个和：抵消的就是它；这一格是全部输出通道和位置中最大的",
            "the smaller one, without its sign, of the sums of positive and negative parts: that "
            "much cancels; it is the largest of all output channels and places",
        ),
        "sum": Quoted(thousandths, "各部分之和", "sum of the parts"),
        "bias": Quoted(thousandths),
        "output": Quoted(thousandths, "各部分之和加偏置", "sum of the parts and the bias"),
        "pytorch": BY_PYTORCH,
        "difference": DIFFERENCE_FROM_PYTORCH,
        "largest_part": Quoted(
            count,
            "贡献最大的输入通道，从 1 数起",
            "the input channel that gives most, counted from 1",
        ),
        "parameters": Quoted(count, "第二层的参数", "parameters of the second layer"),
        "weights_per_unit": Quoted(count, "每个输出通道的权重", "weights of each output channel"),
    },
    "mixing": {
        "channels_in": Quoted(count),
        "channels_out": Quoted(count),
        "side": Quoted(count, "特征图的边长", "side of the maps"),
        "output": Quoted(
            count, "画出的输出通道，从 1 数起", "the output channel that is shown, counted from 1"
        ),
        "largest_input": Quoted(
            count,
            "权重绝对值最大的输入通道，从 1 数起",
            "the input channel with the largest weight, counted from 1",
        ),
        "largest_weight": Quoted(thousandths),
        "bias": Quoted(thousandths),
        "parameters": Quoted(count, "整个 1×1 层的参数", "parameters of the whole 1×1 layer"),
        "difference": DIFFERENCE_FROM_PYTORCH,
    },
    "bottleneck": {
        "channels": Quoted(count),
        "narrow": Quoted(count),
        "map_height": Quoted(count),
        "map_width": Quoted(count),
        **{
            f"{name}_{what}": Quoted(count, f"{zh}的{measured[0]}", f"{measured[1]} of {en}")
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
        "times": Quoted(
            ratio,
            "普通层的参数是瓶颈的多少倍",
            "how many times the bottleneck's parameters the plain layer has",
        ),
        "times_multiply_adds": Quoted(
            ratio,
            "普通层的乘加次数是瓶颈的多少倍",
            "how many times the bottleneck's multiply-adds the plain layer needs",
        ),
        "own_times": Quoted(ratio, "参数的倍数", "ratio of parameters"),
        "own_times_multiply_adds": Quoted(ratio, "乘加次数的倍数", "ratio of multiply-adds"),
    },
}
