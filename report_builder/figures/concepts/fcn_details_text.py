"""The words and the data of the figure "fcn-details"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from report_builder.figures.toolkit.description import Description
from report_builder.text import Text, number, percent

if TYPE_CHECKING:
    from report_builder.figures.concepts.fcn_details import FcnDetails


def describe(numbers: FcnDetails) -> Description:
    """What it answers where no answer is right, and a row for each value that is drawn."""
    network, names = numbers.network.text, numbers.class_names
    first, second, shape = names[0], names[1], names[numbers.shape_label]
    touching = numbers.profile[:, numbers.touch[1]]
    answer, highest = names[int(touching.argmax())], percent(float(touching.max()))
    empty, empty_share = numbers.empty_class, percent(max(numbers.empty_probabilities))
    ground = [f"{name} {percent(p)}" for name, p in zip(names, numbers.empty_probabilities)]
    share, difference = percent(float(touching[0])), number(numbers.difference, 2)
    before, after = map(percent, numbers.heat_on_strokes)
    pairs, crops, near = numbers.pairs, len(numbers.fcn_scores), numbers.near
    pairs_first, pairs_sure, sure = (
        percent(value, 0) for value in (numbers.pairs_first, numbers.pairs_sure, numbers.sure)
    )
    return Description(
        title=Text(
            f"类别里没有背景：空白处答 {empty}（{empty_share}），{first} 与 {second} 相接处答 "
            f"{answer}（{highest}）",
            f"Without a class for the background it must name a shape: {empty} on empty background "
            f"({empty_share}), {answer} where {first} and {second} touch ({highest})",
        ),
        alt=Text(
            f"上：一个 {shape} 周围的热力图，先是方格，再是平滑的，最后只剩笔画。中：{first} 与 "
            f"{second} 相接，以及窗口沿虚线移动时各类的概率，相接处 {first} 为 {share}。下：空白处"
            f"各类的概率，{'，'.join(ground)}；同一幅裁剪图上，两种网络的得分最多相差 "
            f"{difference}。",
            f"Above: the heat map around one {shape}, in squares, then smooth, then only along "
            f"strokes. Middle: {first} and {second} that touch, and the probabilities while the "
            f"window moves along the dotted line; where they touch {first} has {share}. Below: "
            f"probabilities on empty background, {', '.join(ground)}; and the scores of one crop "
            f"by both networks, at most {difference} apart.",
        ),
        caption=network
        + Text(
            f"。热力图全部的值中，落在笔画上或离笔画不超过 {near} 个像素、类别也对的，"
            f"没有跳跃连接时占 {before}，有跳跃连接时占 {after}：它对各类乘上同样的数，"
            "只说哪里有笔画，不改变类别。图中相接的只是一对；"
            f"n = {pairs} 对测试图像（两种左右次序）里，相接处答 {first} 的占 {pairs_first}，"
            f"把握不低于 {sure} 的占 {pairs_sure}。写出得分的是上一行的那个 {shape}；"
            f"n = {crops} 幅裁剪图（其中一幅是空白）都比较过，差别来自浮点数相加的次序。",
            f". Of the heat maps' total, {before} lies on a stroke or up to {near} pixels from "
            f"it and names its class without the skip, {after} with it: a factor alike for all "
            "classes, it says where a stroke is and changes no answer. The pair shown is one; of "
            f"n = {pairs} pairs of test images, each laid both ways, {pairs_first} are called "
            f"{first} where they touch, and {pairs_sure} are called something with a probability "
            f"of at least {sure}. The scores given are of the {shape} in the upper row; n = "
            f"{crops} crops were compared, one of them empty. What differs is the order of "
            "additions in floating point.",
        ),
        rows=_rows(numbers),
    )


def _rows(numbers: FcnDetails) -> list[dict]:
    names, (before, after) = numbers.class_names, numbers.heat_on_strokes
    found = [
        ("touching", place, name, float(probability))
        for name, line in zip(names, numbers.profile)
        for place, probability in enumerate(line)
    ]
    found += [
        ("empty", 0, name, probability)
        for name, probability in zip(names, numbers.empty_probabilities)
    ]
    found += [
        (what, crop, name, float(scores[crop, k]))
        for what, scores in (
            ("classifier", numbers.classifier_scores),
            ("fully convolutional", numbers.fcn_scores),
        )
        for crop in range(len(scores))
        for k, name in enumerate(names)
    ]
    found += [("heat on strokes", 0, "", before), ("heat on strokes, with skip", 0, "", after)]
    return [
        {"what": what, "place": place, "class": name, "value": value}
        for what, place, name, value in found
    ]
