"""Facts of the demonstration of a fully convolutional network that pages may quote: how each is
written, and what it means in its note.
"""

from __future__ import annotations

from report_builder.results.forms import Quoted
from report_builder.text import class_name, count, hundredths, percent, ratio, tiny

FULLY_CONVOLUTIONAL_FACTS: dict[str, dict[str, Quoted]] = {
    "fcn": {
        "kernel": Quoted(
            count,
            "第一个全连接层变成的卷积核的边长",
            "side of the kernels that the first dense layer becomes",
        ),
        "dense_parameters": Quoted(count, "全连接层的参数", "parameters of the dense layers"),
        "fcn_parameters": Quoted(
            count, "由它们改成的卷积层的参数", "parameters of the convolutions made of them"
        ),
        "stride": Quoted(
            count,
            "热力图上相邻两个值在画布上的距离，像素",
            "distance on the canvas of two neighbors on the heat map, in pixels",
        ),
        "field": Quoted(
            count,
            "热力图上一个值看到的画布的边长，像素",
            "side of the canvas that one value of the heat map sees, in pixels",
        ),
        "margin": Quoted(
            count,
            "画布左边和上边补的空白，像素；这样每个值都在它所看范围的正中",
            "empty background put left of and above the canvas, in pixels, so that each value "
            "stands in the middle of what it sees",
        ),
        "canvas_width": Quoted(count, "像素", "pixels"),
        "canvas_height": Quoted(count, "像素", "pixels"),
        "heat_width": Quoted(count),
        "heat_height": Quoted(count),
        "upsampled_width": Quoted(count, "像素", "pixels"),
        "upsampled_height": Quoted(count, "像素", "pixels"),
        "shapes": Quoted(count, "取自测试图像", "taken from the test images"),
        "right": Quoted(count, "共 {shapes} 个图形", "of {shapes} shapes"),
        "right_pixels": Quoted(
            percent, "各图形笔画的全部像素", "of all pixels of the shapes' strokes"
        ),
        "crops": Quoted(
            count, "画布上的裁剪图，其中一幅是空白", "crops of the canvas, one of them empty"
        ),
        "crop_difference": Quoted(
            tiny,
            "n = {crops} 幅裁剪图上，分类器与全卷积网络得分的最大差别",
            "largest difference between the scores of classifier and fully convolutional "
            "network, on n = {crops} crops",
        ),
        "near": Quoted(count, "像素", "pixels"),
        "edge_before": Quoted(
            percent,
            "全部热量中，落在笔画上或离它不超过 {near} 个像素、类别也对的",
            "of all heat, what lies at most {near} pixels from a stroke and names its class",
        ),
        "edge_after": Quoted(
            percent,
            "全部热量中，落在笔画上或离它不超过 {near} 个像素、类别也对的",
            "of all heat, what lies at most {near} pixels from a stroke and names its class",
        ),
        "strokes_marked": Quoted(
            percent,
            "笔画上的像素里，跳跃连接的值不低于 {marked:g} 的",
            "of the strokes' pixels, those where the skip is at least {marked:g}",
        ),
        "marks_near": Quoted(
            percent,
            "跳跃连接的值不低于 {marked:g} 的像素里，离笔画不超过 {near} 个像素的",
            "of the pixels where the skip is at least {marked:g}, those at most {near} pixels from "
            "a stroke",
        ),
        "upsampling_kernel": Quoted(
            count, "放大热力图的转置卷积，核的边长", "side of the kernel that enlarges the heat map"
        ),
        **{
            f"upsampling_{which}": Quoted(
                hundredths,
                f"处处为 1 的图放大之后的{zh}值",
                f"{en} value that enlarging makes of a map that is 1 everywhere",
            )
            for which, zh, en in (("least", "最小", "least"), ("most", "最大", "largest"))
        },
        "empty_class": Quoted(
            class_name,
            "空白图像上概率最高的类别",
            "the class with the highest probability on an empty image",
        ),
        "empty_probability": Quoted(percent, "空白的图像", "on an empty image"),
        "touching_o": Quoted(
            percent,
            "{first} 与 {second} 的第一幅测试图像相接处，{first} 的概率",
            "probability of {first} where the first test images of {first} and {second} touch",
        ),
        "touching_x": Quoted(
            percent,
            "{first} 与 {second} 的第一幅测试图像相接处，{second} 的概率",
            "probability of {second} where the first test images of {first} and {second} touch",
        ),
        "pairs": Quoted(
            count, "对测试图像，两种左右次序都算", "pairs of test images, laid both ways"
        ),
        "pairs_first": Quoted(
            percent,
            "n = {pairs} 对图形，相接处判为 {first} 的",
            "of n = {pairs} pairs, those called {first} where they touch",
        ),
        "pairs_sure": Quoted(
            percent,
            "n = {pairs} 对图形，相接处最高的概率不低于 {sure} 的",
            "of n = {pairs} pairs, those whose highest probability where they touch is at least "
            "{sure}",
        ),
        "places": Quoted(count, "热力图上的位置", "places of the heat map"),
        "fcn_multiply_adds": Quoted(count, "整幅画布算一次", "the whole canvas at once"),
        "windows_multiply_adds": Quoted(
            count, "分类器在 {places} 个位置上各算一次", "the classifier at each of {places} places"
        ),
        "times": Quoted(
            ratio,
            "逐个窗口计算的乘加次数是它的多少倍",
            "how many times its multiply-adds the classifier needs, window by window",
        ),
    },
}
