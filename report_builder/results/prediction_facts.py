"""Facts that pages may quote of how sure and how right answers are, on images of all kinds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from report_builder.evidence.estimates import share
from report_builder.results.forms import Quoted, interval
from report_builder.text import Text, count, decimals, percent

KINDS = {
    "test": ("测试图像", "test images"),
    "shifted": ("测试图像平移 1 到 {most} 像素", "test images shifted by 1 to {most} pixels"),
}
WAYS = {
    "scaled": ("只按比例缩放（--resize）", "only scaled (--resize)"),
    "redrawn": ("经过 --photo", "prepared by --photo"),
}


# what an image is told from the training images by; see xo.runs.unlikeness
MEASURES = {
    "ink_share": Text("墨的份额", "share of ink"),
    "stroke_width": Text("笔画宽度", "stroke width"),
    "box_width": Text("外框宽度", "width of the box"),
    "box_height": Text("外框高度", "height of the box"),
    "center_x": Text("左右位置", "place across"),
    "center_y": Text("上下位置", "place down"),
    "feature_distance": Text("特征距离", "distance in features"),
}


def share_and_interval(of: tuple[int, int]) -> str:
    """k of n with its 95 % interval (Wilson): `98 % [89, 100]`."""
    found, digits = share(*of), decimals(of[1])
    return f"{percent(found.k / found.n, digits)} {interval(found, digits)}"


# facts of the answers to images of a kind, named with the kind before: `shifted_error`
ANSWERS: dict[str, tuple[Callable[[Any], str], str, str]] = {
    "answers": (count, "个数", "answers"),
    "accuracy": (percent, "判对的", "right answers"),
    "probability": (percent, "所答类别的平均概率", "mean probability of the class named"),
    "error": (
        percent,
        "期望校准误差：各段准确率与平均概率之差，按回答数加权",
        "expected calibration error: the gap of accuracy and mean probability, weighted by answers",
    ),
    "sure": (count, "概率不低于 {sure:g} 的", "answers with a probability of {sure:g} or more"),
    "sure_wrong": (
        count,
        "概率不低于 {sure:g} 而答错的",
        "wrong answers with a probability of {sure:g} or more",
    ),
    "wrong": (count, "答错的", "wrong answers"),
    "unlike": (count, "被指出不像训练图像的", "images told from the training images"),
    "wrong_unlike": (
        count,
        "答错而被指出不像训练图像的",
        "wrong answers whose image is told from the training images",
    ),
}

PREDICTION_FACTS: dict[str, dict[str, Quoted]] = {
    "calibration": {
        "images": Quoted(count, "测试图像", "test images"),
        "most": Quoted(count, "平移的像素，最多", "pixels that images are shifted by, at most"),
        "sure": Quoted(lambda value: percent(value, 0)),
        "last_accuracy": Quoted(
            percent,
            "测试图像向右、向下各平移 {most} 像素，n = {images} 幅，两个方向的平均",
            "test images shifted by {most} pixels to the right and, separately, down; n = {images}",
        ),
        "last_probability": Quoted(
            percent,
            "平移 {most} 像素后，所答类别的平均概率",
            "mean probability of the class named, after a shift by {most} pixels",
        ),
        "last_unlike": Quoted(
            percent,
            "平移 {most} 像素后，被指出不像训练图像的",
            "images told from the training images, after a shift by {most} pixels",
        ),
        **{
            f"{kind}_{fact}": Quoted(
                write,
                f"{zh}，n = {{{kind}_answers}} 个回答：{what_zh}",
                f"{en}, n = {{{kind}_answers}}: {what_en}",
            )
            for kind, (zh, en) in KINDS.items()
            for fact, (write, what_zh, what_en) in ANSWERS.items()
        },
    },
    "odd-images": {
        "images": Quoted(count, "不属于任何类别的图像", "images of no class"),
        "unlike": Quoted(
            count,
            "{images} 幅不属于任何类别的图像中，被指出不像训练图像的",
            "of {images} images of no class, those told from the training images",
        ),
    },
    "photographs": {
        "photographs": Quoted(count, "合成的照片", "synthetic photographs"),
        "tools": Quoted(count, "种笔", "kinds of pens"),
        **{
            f"{way}_{fact}": Quoted(
                write,
                f"{{photographs}} 幅合成照片，{zh}：{what_zh}",
                f"{{photographs}} synthetic photographs, {en}: {what_en}",
            )
            for way, (zh, en) in WAYS.items()
            for fact, write, what_zh, what_en in (
                ("right", count, "判对的", "those named rightly"),
                (
                    "share",
                    share_and_interval,
                    "判对的份额，括号里是 95 % 区间（Wilson）",
                    "the share named rightly, with its 95 % interval (Wilson)",
                ),
                ("unlike", count, "被指出不像训练图像的", "those told from the training images"),
            )
        },
    },
}
