"""Facts of demonstrations of whole networks that pages may quote: how each is written, and what it
means in its note.
"""

from __future__ import annotations

from report_builder.results.forms import Quoted
from report_builder.text import (
    Text,
    class_name,
    count,
    hundredths,
    percent,
    percent_or_dash,
    ratio,
    tiny,
)

# what the network with three convolutions is probed at
PROBE_DEPTHS: dict[str, Text] = {
    "input": Text("像素", "the pixels"),
    "relu1": Text("第一块之后", "the first block"),
    "relu2": Text("第二块之后", "the second block"),
    "relu3": Text("第三块之后", "the third block"),
    "dense1": Text("第一个全连接层之后", "the first dense layer"),
    "dense2": Text("第二个全连接层之后", "the second dense layer"),
}

NETWORK_FACTS: dict[str, dict[str, Quoted]] = {
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
    "probes": {
        "n": Quoted(count, "种子", "seeds"),
        "n_solved": Quoted(count, "共 {n} 个种子", "of {n} seeds"),
        "images_train": Quoted(count, "训练图像", "training images"),
        "images_test": Quoted(count, "测试图像", "test images"),
        "penalty": Quoted(
            ratio, "正则系数，所有深度和种子相同", "penalty, the same for all depths and seeds"
        ),
        "blind": Quoted(percent, "总答最常见的一类", "always naming the commonest class"),
        "untrained_best": Quoted(
            percent,
            "训练之前，各深度中最高的；线性探针的准确率，n = {n} 个种子的中位数，"
            "{images_test} 幅测试图像",
            "the highest of all depths before training: accuracy of a linear probe, median of n = "
            "{n} seeds, {images_test} test images",
        ),
        **{
            depth: Quoted(
                percent,
                f"{title.zh}，线性探针的准确率，n = {{n}} 个种子的中位数，{{images_test}} 幅测试"
                f"图像",
                f"accuracy of a linear probe on {title.en}, median of n = {{n}} seeds, {{"
                f"images_test}} test images",
            )
            for depth, title in PROBE_DEPTHS.items()
        },
        **{
            f"untrained_{depth}": Quoted(
                percent,
                f"训练之前{title.zh}，线性探针的准确率，n = {{n}} 个种子的中位数，{{images_test}}"
                f" 幅测试图像",
                f"accuracy of a linear probe on {title.en} before training, median of n = {{n}} "
                f"seeds, {{images_test}} test images",
            )
            for depth, title in PROBE_DEPTHS.items()
        },
    },
    "few-shot-probes": {
        "n": Quoted(count, "种子", "seeds"),
        "n_solved": Quoted(count, "共 {n} 个种子", "of {n} seeds"),
        "fewest": Quoted(count, "每类有标签的图像，最少", "labelled images of each class, fewest"),
        "most": Quoted(count, "每类有标签的图像，最多", "labelled images of each class, most"),
        "draws": Quoted(
            count,
            "抽取有标签的图像的次数，对所有深度和种子相同",
            "draws of the labelled images, the same for all depths and seeds",
        ),
        "shift": Quoted(
            count, "向右、向下各平移的像素", "pixels that test images are moved right and down"
        ),
        "images_test": Quoted(count, "测试图像", "test images"),
        "blind": Quoted(percent, "总答最常见的一类", "always naming the commonest class"),
        **{
            f"{condition}{depth}{labelled}": Quoted(
                percent,
                f"{title.zh}，{told[0]}，{state[0]}；线性探针的准确率，{{draws}} 次抽取的平均，"
                "n = {n} 个种子的中位数，{images_test} 幅测试图像",
                f"{told[1]}, {title.en}, {state[1]}: accuracy of a linear probe, mean of {{draws}} "
                "draws, median of n = {n} seeds, {images_test} test images",
            )
            for condition, state in (
                ("", ("训练之后", "after training")),
                ("untrained_", ("训练之前", "before training")),
                (
                    "shifted_",
                    ("训练之后，测试图像平移", "after training, on shifted test images"),
                ),
            )
            for labelled, told in (
                ("", ("各种标签数的平均", "mean over the numbers of labels")),
                ("_fewest", ("每类 {fewest} 幅有标签", "{fewest} labels of each class")),
                ("_most", ("每类 {most} 幅有标签", "{most} labels of each class")),
            )
            for depth, title in PROBE_DEPTHS.items()
        },
    },
    "trivial-baselines": {
        "images_train": Quoted(count, "训练图像", "training images"),
        "images_test": Quoted(count, "测试图像", "test images"),
        **{
            rule: Quoted(
                percent,
                f"{zh}；{{images_test}} 幅测试图像中判对 {{{rule}_right}} 幅",
                f"{en}; {{{rule}_right}} of {{images_test}} test images right",
            )
            for rule, zh, en in (
                (
                    "commonest",
                    "总答训练图像中最常见的一类",
                    "always naming the commonest class of the training images",
                ),
                ("ink", "只看墨量", "by the amount of ink alone"),
                (
                    "linear",
                    "像素上的岭回归，正则系数 {linear_penalty:g}",
                    "ridge regression on pixels, penalty {linear_penalty:g}",
                ),
            )
        },
    },
    "interventions": {
        "patch": Quoted(count, "遮住的方块的边长，像素", "side of the covered square in pixels"),
        "step": Quoted(count, "方块每次移动的像素", "pixels that the square moves at a time"),
        "positions": Quoted(count, "一幅图像上方块的位置", "positions of the square on an image"),
        **{
            f"{name}_{which}": Quoted(
                write,
                f"{{{which}}} 的第一幅测试图像，{zh}",
                f"the first test image of {{{which}}}, {en}",
            )
            for which in ("first", "second")
            for name, write, zh, en in (
                (
                    "lead",
                    hundredths,
                    "不遮时正确类别的得分减去其余类别中最高的",
                    "score of the right class less the highest of the others, nothing covered",
                ),
                *(
                    (f"{name}_{fill}", write, zh.format(colour[0]), en.format(colour[1]))
                    for fill, colour in (
                        ("ground", ("底色", "background")),
                        ("gray", ("灰色", "gray")),
                    )
                    for name, write, zh, en in (
                        (
                            "least",
                            hundredths,
                            "用{}遮住一块时领先的最小值",
                            "least lead with a square of {} on it",
                        ),
                        (
                            "wrong",
                            count,
                            "用{}遮住一块时判错的位置，共 {{positions}} 个位置",
                            "places of a square of {} that make the answer wrong, of {{positions}}",
                        ),
                    )
                ),
            )
        },
        "covered": Quoted(
            count,
            "不遮时判对的测试图像，每类取最前面的",
            "test images, the first of each class, that are right with nothing covered",
        ),
        "turned_ground": Quoted(
            count,
            "n = {covered} 幅，至少在一个位置用底色遮住之后判错",
            "of n = {covered} images, those that a square of background at some place makes wrong",
        ),
        "turned_gray": Quoted(
            count,
            "n = {covered} 幅，至少在一个位置用灰色遮住之后判错",
            "of n = {covered} images, those that a square of gray at some place makes wrong",
        ),
        "test_images": Quoted(count, "测试图像", "test images"),
        "right_images": Quoted(
            count, "{test_images} 幅测试图像中判对的", "of {test_images} test images, those right"
        ),
        "accuracy": Quoted(
            percent,
            "什么都不换，{test_images} 幅测试图像",
            "nothing replaced, {test_images} test",
        ),
        **{f"channels_{k}": Quoted(count, f"第 {k} 个卷积层", f"convolution {k}") for k in (1, 2)},
        **{
            f"{name}_{k}_{kind}": Quoted(
                write,
                f"第 {k} 个卷积层，一个通道换成{replaced[0]}：{zh}",
                f"convolution {k}, one channel replaced by {replaced[1]}: {en}",
            )
            for k in (1, 2)
            for kind, replaced in (("zero", (" 0", "0")), ("mean", ("平均", "its mean")))
            for name, write, zh, en in (
                (
                    "most",
                    count,
                    "判对的最少的那个通道，从 1 数起",
                    "the channel without which the fewest images are right, counted from 1",
                ),
                (
                    "least_accuracy",
                    percent,
                    "准确率的最小值，{test_images} 幅测试图像",
                    "least accuracy, {test_images} test images",
                ),
                (
                    "harmless",
                    count,
                    "判对的图像不比原来少的通道",
                    "channels without which no fewer images are right",
                ),
            )
        },
    },
    "patches": {
        "count": Quoted(count, "每个通道的图像块", "patches of a channel"),
        "images": Quoted(count, "测试图像", "test images"),
        "same_class_chance": Quoted(
            percent,
            "任取 {count} 幅测试图像，最多的那一类平均占的份额",
            "the commonest class's share of {count} test images taken at random, on average",
        ),
        **{
            f"{name}_{k}": Quoted(write, f"第 {k} 块{zh}", f"block {k}{en}")
            for k in (1, 2, 3)
            for name, write, zh, en in (
                ("units", count, "的通道", ", channels"),
                ("silent", count, "始终为零的通道", ", channels that are always zero"),
                (
                    "typical",
                    percent_or_dash,
                    "里，排在正中间的图像的最大响应是最大的几分之几，各通道的平均，n = {images} 幅",
                    ", largest response on the middle one of n = {images} images as a share of the "
                    "largest on any, mean over channels",
                ),
                ("field", count, "的感受野的边长，像素", ", side of the receptive field in pixels"),
                (
                    "same_class",
                    percent_or_dash,
                    "一个通道的 {count} 块里，最多的那一类所占的份额，各通道的平均",
                    ", share of the commonest class among a channel's {count} patches, mean over "
                    "channels",
                ),
            )
        },
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
