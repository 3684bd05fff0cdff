"""Facts that pages may quote of what a network's answers and channels depend on, found by covering
images, removing channels and looking for what excites them most: how each is written, and what it
means in its note.
"""

from __future__ import annotations

from report_builder.results.forms import Quoted
from report_builder.text import count, hundredths, percent, percent_or_dash

INTERPRETABILITY_FACTS: dict[str, dict[str, Quoted]] = {
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
}
