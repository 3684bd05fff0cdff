"""Facts that pages may quote of how well the simplest classifiers do, on what each layer gives and
on pixels: how each is written, and what it means in its note.
"""

from __future__ import annotations

from report_builder.results.forms import Quoted
from report_builder.text import Text, count, percent, ratio

# what the network with three convolutions is probed at
PROBE_DEPTHS: dict[str, Text] = {
    "input": Text("像素", "the pixels"),
    "relu1": Text("第一块之后", "the first block"),
    "relu2": Text("第二块之后", "the second block"),
    "relu3": Text("第三块之后", "the third block"),
    "dense1": Text("第一个全连接层之后", "the first dense layer"),
    "dense2": Text("第二个全连接层之后", "the second dense layer"),
}

PROBE_FACTS: dict[str, dict[str, Quoted]] = {
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
}
