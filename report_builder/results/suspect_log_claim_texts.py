"""What our claims on the original's suspect logs state, and what a page says for each verdict."""

from __future__ import annotations

from report_builder.results.findings import ClaimText
from report_builder.text import Text

SUSPECT_LOG_CLAIM_TEXTS: dict[str, ClaimText] = {
    "right-labels-print-two-rows": ClaimText(
        Text(
            "每批 64 幅时，正确的训练集每轮打印不出三行",
            "In batches of 64, the right training set cannot print three rows an epoch",
        ),
        supported=Text(
            "每批 64 幅时，正确的训练集每轮打印不出三行，所以打印三行的两份日志不是这样训练出来的",
            "In batches of 64, the right training set cannot print three rows an epoch, so the two "
            "logs that have three do not come from such training",
        ),
        refuted=Text(
            "每批 64 幅时，正确的训练集也打印得出这么多行",
            "In batches of 64, the right training set can print as many rows",
        ),
    ),
    "failed-log-fits-folders": ClaimText(
        Text(
            "失败的日志最像是把文件夹当作了类别",
            "The failed log fits folders taken for classes best",
        ),
        supported=Text(
            "失败的那份日志，“文件夹当作类别”比“两类数目悬殊”更合",
            "The failed log fits folders taken for classes better than uneven classes",
        ),
        refuted=Text(
            "失败的那份日志，“文件夹当作类别”并不最合",
            "The failed log does not fit folders taken for classes best",
        ),
        undecided=Text(
            "失败的那份日志，是文件夹当作类别，还是两类数目悬殊，还分不出",
            "Whether folders were taken for classes or the classes were uneven, the failed log "
            "does not tell",
        ),
    ),
    "no-pooling-plateau-fits-folders": ClaimText(
        Text(
            "没有池化的日志，停住的一段最像是把文件夹当作了类别",
            "The plateau of the log without pooling fits folders taken for classes best",
        ),
        supported=Text(
            "没有池化的日志停住的一段，“文件夹当作类别”比“两类数目悬殊”更合",
            "The plateau of the log without pooling fits folders taken for classes better than "
            "uneven classes",
        ),
        refuted=Text(
            "没有池化的日志停住的一段，“文件夹当作类别”并不最合",
            "The plateau of the log without pooling does not fit folders taken for classes best",
        ),
        undecided=Text(
            "没有池化的日志停住的一段，分不出是文件夹当作类别，还是两类数目悬殊",
            "The plateau of the log without pooling does not tell folders taken for classes from "
            "uneven classes",
        ),
    ),
    "no-pooling-fall-fits-folders": ClaimText(
        Text(
            "没有池化的日志，后来的下降最像是把文件夹当作了类别",
            "The fall of the log without pooling fits folders taken for classes best",
        ),
        supported=Text(
            "没有池化的日志后来的下降，“文件夹当作类别”比“两类数目悬殊”更合",
            "The late fall of the log without pooling fits folders taken for classes better than "
            "uneven classes",
        ),
        refuted=Text(
            "没有池化的日志后来的下降，“文件夹当作类别”并不最合",
            "The late fall of the log without pooling does not fit folders taken for classes best",
        ),
        undecided=Text(
            "没有池化的日志后来的下降出自哪一种情形，还分不出",
            "It is still open what the late fall of the log without pooling comes from",
        ),
    ),
    "folders-can-fall": ClaimText(
        Text(
            "把文件夹当作类别，没有池化的网络也会在 20 轮之内降下来",
            "With folders taken for classes, the network without pooling can fall within 20 epochs",
        ),
        supported=Text(
            "把文件夹当作类别，没有池化的网络也有降下来的",
            "With folders taken for classes, some seeds of the network without pooling fall as "
            "well",
        ),
        refuted=Text(
            "把文件夹当作类别，没有池化的网络很少或从不降下来",
            "With folders taken for classes, the network without pooling rarely falls, if ever",
        ),
        undecided=Text(
            "把文件夹当作类别，没有一个种子降下来，但种子还不够多，不能说它不会",
            "With folders taken for classes, no seed of the network without pooling has fallen, "
            "but they are too few to say that none would",
        ),
    ),
    "odd-logs-are-of-the-split": ClaimText(
        Text(
            "把文件夹当作类别重放，与那份失败的日志相合",
            "A replay with the folders as classes agrees with the failed log",
        ),
        supported=Text(
            "把文件夹当作类别重放，行数和损失的水平都与那份失败的日志相合",
            "A replay with the folders as classes agrees with the failed log in rows and level",
        ),
        refuted=Text(
            "把文件夹当作类别重放，损失的水平与那份失败的日志不合",
            "A replay with the folders as classes does not meet the failed log's level",
        ),
        undecided=Text(
            "还不能把重放与那份日志相比", "The replay cannot be compared with the log yet"
        ),
    ),
}
