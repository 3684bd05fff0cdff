"""Facts of demonstrations of one layer that pages may quote: how each is written, and what it means
in its note.
"""

from __future__ import annotations

from report_builder.results.forms import Quoted
from report_builder.text import (
    Text,
    class_name,
    count,
    hundredths,
    listed_hundredths,
    percent,
    ratio,
    thousandths,
    tiny,
)

POOLING_KINDS: dict[str, Text] = {
    "none": Text("不池化", "no pooling"),
    "max": Text("最大池化", "max pooling"),
    "mean": Text("平均池化", "mean pooling"),
    "gaussian": Text("高斯池化", "Gaussian pooling"),
    "trained": Text("可训练池化", "trained pooling"),
}

BY_PYTORCH = Quoted(
    thousandths,
    "同一个像素，由 PyTorch 的卷积层给出",
    "the same pixel as PyTorch's layer gives it",
)
DIFFERENCE_FROM_PYTORCH = Quoted(
    tiny,
    "整幅特征图上，手算与 PyTorch 的最大差别",
    "largest difference between sums by hand and PyTorch's layer, over the whole map",
)
_FIELD = Quoted(count, "感受野的边长，像素", "side of the receptive field in pixels")
_FIELD_OF_THREE = Quoted(
    count,
    "感受野的边长，像素；三个卷积层的网络",
    "side of the receptive field in pixels, in the network with three convolutions",
)
_TIMES = Quoted(ratio, "是卷积层的多少倍", "times as many as the convolution has")
_MULTIPLY_ADDS = Quoted(count, "每幅图像的乘加次数", "multiply-adds per image")

LAYER_FACTS: dict[str, dict[str, Quoted]] = {
    "windows": {
        "image": Quoted(class_name, "测试图像 {id}", "test image {id}"),
        "kernel": Quoted(
            count,
            "第一层的第几个卷积核，从 1 数起",
            "which kernel of the first layer, counted from 1",
        ),
        "row": Quoted(
            count,
            "窗口左上角所在的行，从 0 数起",
            "row of the window's upper left corner, counted from 0",
        ),
        "column": Quoted(
            count,
            "窗口左上角所在的列，从 0 数起",
            "column of the window's upper left corner, counted from 0",
        ),
        "sum": Quoted(thousandths, "窗口内九个乘积之和", "sum of the window's nine products"),
        "bias": Quoted(thousandths, "这个卷积核的偏置", "the kernel's bias"),
        "output": Quoted(
            thousandths, "九个乘积之和加偏置", "sum of the nine products and the bias"
        ),
        "pytorch": BY_PYTORCH,
        "difference": DIFFERENCE_FROM_PYTORCH,
        "field_conv1": _FIELD,
        "field_pool1": _FIELD,
        "field_conv2": _FIELD,
        "field_pool2": _FIELD,
        "field_conv3": _FIELD_OF_THREE,
        "field_pool3": _FIELD_OF_THREE,
        "near": Quoted(
            hundredths,
            "相距 1 个像素的两点的相关系数，n = {images} 幅测试图像",
            "correlation of pixels 1 pixel apart, over n = {images} test images",
        ),
        "far": Quoted(
            hundredths,
            "相距 {distance_far} 个像素的两点的相关系数，n = {images} 幅测试图像",
            "correlation of pixels {distance_far} pixels apart, over n = {images} test images",
        ),
        "distance_far": Quoted(count, "像素", "pixels"),
        "inside_change": Quoted(
            thousandths,
            "翻转感受野内的一个像素，conv2 的一个值最多改变多少",
            "how far one value of conv2 moves at most when one pixel of its receptive field is "
            "inverted",
        ),
        "outside_change": Quoted(
            tiny,
            "同时翻转感受野外的全部像素，同一个值改变多少",
            "how far the same value moves when all pixels outside of its receptive field are "
            "inverted at once",
        ),
    },
    "shifts": {
        "images": Quoted(count, "测试图像", "test images"),
        "most": Quoted(count, "像素", "pixels"),
        "conv_difference": Quoted(
            tiny,
            "平移 1 到 {most} 个像素，特征图移回之后的最大差别，n = {images} 幅图像",
            "largest difference of the map once moved back, over shifts of 1 to {most} pixels "
            "and n = {images} images",
        ),
        "even_difference": Quoted(
            tiny,
            "偶数步平移，池化后的特征图移回之后的最大差别，n = {images} 幅图像",
            "largest difference of the pooled maps once moved back, over even shifts and n = "
            "{images} images",
        ),
        "odd_correlation_max": Quoted(
            hundredths,
            "奇数步平移，最大池化的特征图移回之后的相关系数，n = {images} 幅图像",
            "correlation of the max-pooled map once moved back, over odd shifts and n = {images} "
            "images",
        ),
        "odd_correlation_mean": Quoted(
            hundredths,
            "奇数步平移，平均池化的特征图移回之后的相关系数，n = {images} 幅图像",
            "correlation of the mean-pooled map once moved back, over odd shifts and n = {images}"
            " images",
        ),
        **{
            f"change_{kind}_{distance}": Quoted(
                hundredths,
                f"图像平移 {distance} 个像素时{zh}的特征图在原位的相对变化，n = {{images}} 幅图像"
                f"的平均",
                f"relative change in place of the map {en} when the image moves by {distance} "
                f"px, mean of n = {{images}} images",
            )
            for kind, zh, en in (
                ("none", "不池化", "without pooling"),
                ("max", "最大池化", "after max pooling"),
                ("mean", "平均池化", "after mean pooling"),
            )
            for distance in range(1, 9)
        },
        **{
            f"accuracy_{distance}": Quoted(
                percent,
                f"测试图像平移 {distance} 个像素时基准网络的准确率，两个方向的平均，n = {{"
                f"test_images}} 幅",
                f"accuracy of the baseline on test images moved by {distance} px, mean of two "
                f"directions, n = {{test_images}}",
            )
            for distance in range(9)
        },
    },
    "sharing": {
        "shared": Quoted(count, "卷积层的参数", "parameters of the convolution"),
        "local": Quoted(count, "局部连接层的参数", "parameters of the locally connected layer"),
        "dense": Quoted(count, "全连接层的参数", "parameters of the dense layer"),
        "local_times": _TIMES,
        "dense_times": _TIMES,
        "map_height": Quoted(count),
        "map_width": Quoted(count),
        "channels": Quoted(count),
        "window": Quoted(count, "每个核的权重", "weights of each kernel"),
        "inputs": Quoted(count, "输入像素", "input pixels"),
        "outputs": Quoted(count, "输出值", "output values"),
        "multiply_adds_shared": _MULTIPLY_ADDS,
        "multiply_adds_local": _MULTIPLY_ADDS,
        "multiply_adds_dense": _MULTIPLY_ADDS,
    },
    "pooling": {
        "channel": Quoted(
            count, "画出的通道，从 1 数起", "the channel that is shown, counted from 1"
        ),
        "channels": Quoted(count),
        "images": Quoted(count, "测试图像", "test images"),
        "full_side": Quoted(count, "池化之前的边长", "side before pooling"),
        "pooled_side": Quoted(count, "池化之后的边长", "side after pooling"),
        "kept_share": Quoted(
            percent, "池化之后剩下的数值个数", "numbers that are left after pooling"
        ),
        "trained_weights": Quoted(
            listed_hundredths,
            "画出的通道训练出来的四个池化权重",
            "the four trained pooling weights of the channel that is shown",
        ),
        "bias": Quoted(thousandths),
        "window": Quoted(
            listed_hundredths,
            "一个 2×2 窗口的四个值，先行后列",
            "the four values of one 2×2 window, row by row",
        ),
        **{
            f"window_{kind}": Quoted(
                hundredths, f"这个窗口{title.zh}的结果", f"what {title.en} makes of this window"
            )
            for kind, title in POOLING_KINDS.items()
            if kind != "none"
        },
        **{
            f"detail_{kind}": Quoted(
                percent,
                f"{title.zh}丢掉的方差比例，n = {{images}} 幅测试图像 × {{channels}} 个通道的平均",
                f"share of the map's variance that {title.en} loses, mean of n = {{images}} test "
                f"images × {{channels}} channels",
            )
            for kind, title in POOLING_KINDS.items()
            if kind != "none"
        },
        **{
            f"change_{kind}": Quoted(
                hundredths,
                f"图像右移 1 个像素时{title.zh}的特征图在原位的相对变化，n = {{images}} 幅图像的"
                f"平均",
                f"relative change in place of the map with {title.en} when the image moves 1 px "
                f"to the right, mean of n = {{images}} images",
            )
            for kind, title in POOLING_KINDS.items()
        },
        "parameters_trained": Quoted(
            count, "第一个池化层的参数", "parameters of the first pooling layer"
        ),
    },
}
