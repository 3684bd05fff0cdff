"""Facts of the demonstrations of a single convolution, by hand and backwards, that pages may quote:
how each is written, and what it means in its note.
"""

from __future__ import annotations

from report_builder.results.forms import Quoted
from report_builder.text import class_name, count, number, percent, thousandths, tiny


def _rows_of_three(values: list[int]) -> str:
    rows = (values[k : k + 3] for k in range(0, len(values), 3))
    return "; ".join(", ".join(f"{value:g}".replace("-", "−") for value in row) for row in rows)


_SLOPE = Quoted(number, "损失对它的导数", "derivative of the loss with respect to it")

CONVOLUTION_FACTS: dict[str, dict[str, Quoted]] = {
    "convolution": {
        "first": Quoted(count, "左上角窗口的输出", "the output of the top left window"),
        "turned": Quoted(
            _rows_of_three,
            "核转置之后的 9 个输出，逐行",
            "the 9 outputs of the transposed kernel, row by row",
        ),
        "exercise_side": Quoted(
            count,
            "边长 116，核 5×5，填充 1，步幅 2",
            "for a side of 116 and a 5×5 kernel, with a padding of 1 and a stride of 2",
        ),
        **{
            f"side_padding_{padding}_stride_{stride}": Quoted(
                count,
                f"5×5 的图像、3×3 的核，填充 {padding}、步幅 {stride} 时输出的边长",
                f"side of the output for a 5×5 image and a 3×3 kernel, with a padding of {padding} "
                f"and a stride of {stride}",
            )
            for padding in (0, 1)
            for stride in (1, 2)
        },
        "free_dense": Quoted(count, "全连接层的权重", "weights of the dense layer"),
        "free_local": Quoted(
            count, "窗口以内的权重，各不相同", "weights inside of windows, all of their own"
        ),
        "free_shared": Quoted(count, "卷积核的权重", "weights of the kernel"),
        "difference": Quoted(
            tiny,
            "矩阵乘以图像，与 F.conv2d 的最大差别",
            "largest difference between the matrix times the image and F.conv2d",
        ),
        "corner_windows": Quoted(
            count, "角上的像素落在多少个窗口里", "windows that the pixel at a corner lies in"
        ),
        "edge_windows": Quoted(
            count, "边上的像素落在多少个窗口里", "windows that a pixel at an edge lies in"
        ),
        "middle_windows": Quoted(
            count, "中间的像素落在多少个窗口里", "windows that a pixel in the middle lies in"
        ),
        "corner_windows_padded": Quoted(
            count,
            "填充 1 时，角上的像素落在多少个窗口里",
            "windows that the pixel at a corner lies in with a padding of 1",
        ),
        "rim_share": Quoted(
            percent,
            "落在不到 {middle_windows} 个窗口里的像素",
            "pixels that lie in fewer than {middle_windows} windows",
        ),
        "units": Quoted(count, "{last} 的单元，每个通道", "units of {last} in each channel"),
        "corner_units": Quoted(
            count,
            "{last} 有多少个单元看得到左上角的像素，每个通道",
            "units of {last} that see the pixel at the top left, in each channel",
        ),
        "middle_units": Quoted(
            count,
            "{last} 最多有多少个单元看得到同一个像素，每个通道",
            "units of {last} that see one pixel at most, in each channel",
        ),
        "unseen": Quoted(
            count, "{last} 没有一个单元看得到的像素", "pixels that no unit of {last} sees"
        ),
        "unseen_share": Quoted(
            percent, "{last} 没有一个单元看得到的像素", "pixels that no unit of {last} sees"
        ),
    },
    "backward": {
        "image": Quoted(class_name, "测试图像 {id}", "test image {id}"),
        "images": Quoted(count, "测试图像", "test images"),
        "loss": Quoted(
            thousandths,
            "{images} 幅测试图像中最大的损失，{id}",
            "the largest loss of {images} test images, that of {id}",
        ),
        "example_loss": Quoted(number, "C1 所用图像的损失", "the loss of the image that C1 uses"),
        "seed_accuracy": Quoted(
            percent, "这个种子的测试准确率", "test accuracy of this seed of the baseline"
        ),
        "channel": Quoted(
            count,
            "第一层的第几个卷积核，从 1 数起",
            "which kernel of the first layer, counted from 1",
        ),
        "channels": Quoted(count, "第一层的输出通道", "output channels of the first layer"),
        "places": Quoted(
            count, "这个核的特征图上的位置", "places of the map that this kernel makes"
        ),
        "places_with_gradient": Quoted(
            count, "共 {places} 个位置", "of {places} places of the map"
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
        "upstream": Quoted(
            number,
            "损失对第 {row} 行第 {column} 列的输出的导数",
            "derivative of the loss with respect to the output in row {row}, column {column}",
        ),
        "largest": Quoted(
            number,
            "九个权重的梯度中绝对值最大的",
            "the largest of the nine weights' gradients, in absolute value",
        ),
        "difference": Quoted(
            tiny,
            "九个权重的梯度，手算与 autograd 的最大差别",
            "largest difference between the nine gradients by hand and autograd's",
        ),
        "slope_difference": Quoted(
            tiny,
            "九个权重的梯度，把权重拨动 ±10⁻⁵ 量出的与 autograd 的最大差别",
            "largest difference between autograd's nine gradients and those measured by moving "
            "each weight by ±10⁻⁵",
        ),
        "bias": _SLOPE,
        "bias_difference": Quoted(
            tiny, "手算与 autograd 的差别", "difference between the sum by hand and autograd"
        ),
        "share_before_relu": Quoted(
            percent,
            "第一个 ReLU 的输出中得到梯度的，全部 {channels} 个通道",
            "outputs of the first ReLU that get a gradient, of all {channels} channels",
        ),
        "share_after_relu": Quoted(
            percent,
            "第一个 ReLU 的输入（池化的输出）中得到梯度的，全部 {channels} 个通道",
            "inputs of the first ReLU, which pooling gives, that get a gradient, of all {channels} "
            "channels",
        ),
        "share_max": Quoted(
            percent,
            "第一层卷积的输出中得到梯度的，全部 {channels} 个通道",
            "outputs of the first convolution that get a gradient, of all {channels} channels",
        ),
        "share_mean": Quoted(
            percent,
            "同样的梯度若经过平均池化传回，第一层卷积的输出中得到梯度的，全部 {channels} 个通道",
            "outputs of the first convolution that would get a gradient if the same one came back "
            "through mean pooling, of all {channels} channels",
        ),
        "routing_difference": Quoted(
            tiny,
            "第一层卷积的输出的梯度，手算与 autograd 的最大差别",
            "largest difference between the gradients of the first convolution's outputs by hand "
            "and autograd's",
        ),
        "inputs": Quoted(count, "第二层的输入通道", "input channels of the second layer"),
        "outputs": Quoted(count, "第二层的输出通道", "output channels of the second layer"),
        "sum_difference": Quoted(
            tiny,
            "第二层的 {inputs} 幅输入图的梯度，手算与 autograd 的最大差别",
            "largest difference between the gradients of the second layer's {inputs} input maps by "
            "hand and autograd's",
        ),
        "transposed_difference": Quoted(
            tiny,
            "第二层的 {inputs} 幅输入图的梯度，F.conv_transpose2d 与 autograd 的最大差别",
            "largest difference between F.conv_transpose2d and autograd's gradients of the second "
            "layer's {inputs} input maps",
        ),
        "sum_largest": Quoted(
            number,
            "第二层的输入的梯度中绝对值最大的",
            "the largest gradient of an input of the second layer, in absolute value",
        ),
        "unit": Quoted(
            count,
            "第二层的第几个输出通道，从 1 数起",
            "which output channel of the second layer, counted from 1",
        ),
        "unit_bias": _SLOPE,
        "unit_bias_difference": Quoted(
            tiny, "手算与 autograd 的差别", "difference between the sum by hand and autograd"
        ),
    },
}
