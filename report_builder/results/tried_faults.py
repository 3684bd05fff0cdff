"""Which faults the tests put into the store and into builds, and what becomes of each.

The tests read these lists too, so that the table that pages show names what is tried and no more.
"""

from __future__ import annotations

from typing import NamedTuple

from report_builder.results.forms import Column, table
from report_builder.results.report import Table
from report_builder.text import Text


class Fault(NamedTuple):
    """One kind of fault, by the name that the tests know it by in English."""

    title: Text
    becomes: Text
    test: str = ""  # of a build: file below tests/report_builder, and function

    @property
    def name(self) -> str:
        return self.title.en


KILL = Text("在任意一次磁盘调用处被杀掉", "killed at any call to the disk")
NO_SPACE = Text("磁盘已满（ENOSPC）", "disk full (ENOSPC)")
DISK_ERROR = Text("读写出错（EIO）", "input or output error (EIO)")
NO_RIGHTS = Text("没有权限（EACCES）", "no rights (EACCES)")
TOO_LARGE = Text("文件超过限额（EFBIG）", "file too large (EFBIG)")
POWER = Text("断电", "power lost")
TRUNCATED = Text("文件只剩一半", "file cut in half")
EMPTIED = Text("文件成了空的", "file emptied")
FLIPPED = Text("翻转一位，大小与时间不变", "one bit flipped, size and time kept")
SWAPPED = Text("两个文件互换", "files swapped")
DELETED = Text("文件被删", "file deleted")

_MOVED = Text("报出名字，移到一旁，重新生成", "named, moved away, made again")
_REFUSED = Text(
    "一行话指出文件夹，不留残余；再运行一次就成功",
    "one line names the folder, nothing is left over; the next attempt succeeds",
)
IN_STORE = (
    Fault(
        KILL,
        Text(
            "要么完整存入，要么没有存入；残余会被清掉",
            "stored whole or not at all; what is left over is swept",
        ),
    ),
    Fault(NO_SPACE, _REFUSED),
    Fault(DISK_ERROR, _REFUSED),
    Fault(NO_RIGHTS, _REFUSED),
    Fault(
        POWER,
        Text(
            "读到的都是完整的；断电之前存好的都还在",
            "what is found is whole; what was stored before is there",
        ),
    ),
    Fault(TRUNCATED, _MOVED),
    Fault(EMPTIED, _MOVED),
    Fault(FLIPPED, _MOVED),
    Fault(SWAPPED, _MOVED),
    Fault(
        DELETED,
        Text(
            "报出名字，移到一旁，重新生成；权重可以删",
            "named, moved away, made again; weights may be deleted",
        ),
    ),
    Fault(
        Text("训练中的进程被杀掉", "process killed with a run in hand"),
        Text(
            "它占着的训练随之放开，由别的进程来做", "its claim ends with it; another trains the run"
        ),
    ),
    Fault(
        Text("两个构建同时训练", "two builds train at once"),
        Text(
            "等对方训练完，同一次训练不做两遍", "a run in hand is waited for, none is trained twice"
        ),
    ),
    Fault(
        Text("文件不许读", "a file that may not be read"),
        Text("照实说明，不当作损坏", "said so, and not taken for damaged"),
    ),
    Fault(Text("记录文件夹是链接", "a linked store"), Text("和平常一样", "as any other")),
    Fault(
        Text("记录在另一个文件系统上", "a store on another file system"),
        Text("和平常一样", "as any other"),
    ),
)

AT_EVERY_CALL = "site/test_faults.py::test_at_every_call_to_the_disk"
_STAYS = Text(
    "一行话；旧网站原样保留，不留残余", "one line; the old site stays, nothing is left over"
)
_AGAIN = Text("报出名字，重新生成", "named, made again")
_BUILDS = "test_sturdy_builds.py::test_"
_DAMAGED = f"{_BUILDS}every_damaged_file_of_a_build_is_named_and_made_again"
_READERS = "site/test_faults.py::test_readers_never_see_anything_else_while_sites_are_swapped"
IN_BUILDS = (
    Fault(
        KILL,
        Text(
            "读者看到的要么是旧网站，要么是新网站，都是完整的；下一次构建会补完",
            "readers see the old site or the new one, whole; the next build completes it",
        ),
        AT_EVERY_CALL,
    ),
    Fault(NO_SPACE, _STAYS, AT_EVERY_CALL),
    Fault(DISK_ERROR, _STAYS, AT_EVERY_CALL),
    Fault(NO_RIGHTS, _STAYS, AT_EVERY_CALL),
    Fault(TOO_LARGE, _STAYS, AT_EVERY_CALL),
    Fault(
        POWER,
        Text("磁盘上是完整的旧网站或新网站", "the old site or the new one is on the disk, whole"),
        "site/test_faults.py::test_power_lost_at_any_moment_leaves_the_old_site_or_the_new_one",
    ),
    Fault(
        Text("替换网站时出错", "the swap of sites fails"),
        Text("撤回", "it is undone"),
        "site/test_faults.py::test_a_failing_swap_is_undone",
    ),
    Fault(FLIPPED, _AGAIN, _DAMAGED),
    Fault(EMPTIED, _AGAIN, _DAMAGED),
    Fault(TRUNCATED, _AGAIN, _DAMAGED),
    Fault(DELETED, Text("重新生成", "made again"), _DAMAGED),
    Fault(
        Text("记录的损坏到画图时才显出来", "damage to a record that shows only while drawing"),
        Text("报出名字，移到一旁，重新训练一次", "named, moved away, trained again, once"),
        f"{_BUILDS}damage_that_shows_only_while_drawing_is_named_and_made_again",
    ),
    Fault(
        Text("网站文件翻转一位", "one bit of the site flipped"),
        Text(
            "build、status 和 verify 都会报出；重新发布",
            "named by build, status and verify; published again",
        ),
        "site/test_faults.py::test_a_flipped_bit_of_the_same_size_is_named_and_mended",
    ),
    Fault(
        Text("网站清单丢失或损坏", "the site's manifest lost or damaged"),
        Text(
            "凭旁边留的副本认出是自己的网站；重新发布",
            "the site is known by a copy kept beside it; published again",
        ),
        "site/test_publish.py::test_a_site_that_lost_its_manifest_is_published_again",
    ),
    Fault(
        Text("格式正确、内容离奇的文件", "odd content of the right form"),
        Text("当作没有", "it counts as none"),
        f"{_BUILDS}odd_but_valid_content_counts_as_none",
    ),
    Fault(
        Text("构建失败", "a build that fails"),
        Text(
            "它做的都不算数，下一次以上一次成功的构建为准",
            "nothing of it counts; the next goes by the one before",
        ),
        f"{_BUILDS}of_a_build_that_fails_nothing_counts",
    ),
    Fault(
        Text("构建时页面被修改", "a page edited during a build"),
        Text("全部按修改后的页面重新渲染", "all is rendered from the edited page"),
        f"{_BUILDS}a_page_edited_during_a_build_is_in_it_whole",
    ),
    Fault(
        Text("构建时代码被修改", "code changed during a build"),
        Text("报出文件名；旧网站原样保留", "the file is named; the old site stays"),
        f"{_BUILDS}code_that_changes_during_a_build_ends_it",
    ),
    Fault(
        Text("MkDocs 读取时页面变了", "pages changed while MkDocs reads them"),
        Text("报出来；旧网站原样保留", "named; the old site stays"),
        "site/test_faults.py::test_a_site_is_made_of_what_it_says",
    ),
    Fault(
        Text("两个或四个构建用同一个文件夹", "two and four builds in one folder"),
        Text("先后进行，网站不会混杂", "one after the other; no mixed site"),
        f"{_BUILDS}builders_of_one_folder_publish_no_mixed_site",
    ),
    Fault(
        Text("两个或四个构建发布同一个网站", "two and four builds of one site"),
        Text("任何时刻都是其中一个的完整网站", "the site of one of them, at all times"),
        _READERS,
    ),
    Fault(Text("构建时核对", "verify during builds"), Text("不误报", "no false alarm"), _READERS),
    Fault(
        Text("构建时预览（mkdocs serve）", "mkdocs serve during a build"),
        Text("各用各的文件夹", "it has a folder of its own"),
        "site/test_plugin.py::test_serving_neither_waits_for_a_build_nor_touches_its_pages",
    ),
    Fault(
        Text("持锁的进程被杀掉", "the holder of a lock killed"),
        Text("锁随之释放", "the lock ends with it"),
        "site/test_faults.py::test_a_lock_ends_with_its_holder",
    ),
    Fault(
        Text("临时文件夹里被放进词典", "a dictionary written into the temp folder"),
        Text("不会读它", "it is not read"),
        "site/test_publish.py::test_nothing_in_a_shared_temp_folder_decides_a_byte_of_the_site",
    ),
)


def tried_faults() -> Table:
    """What is tried in the store and in builds, and what becomes of it."""
    places = (
        (Text("记录", "records"), IN_STORE),
        (Text("构建与发布", "building and publishing"), IN_BUILDS),
    )
    columns = [
        Column(Text("位置", "Where")),
        Column(Text("故障", "Fault")),
        Column(Text("结果", "What becomes of it")),
    ]
    return table(
        columns, ([where, each.title, each.becomes] for where, faults in places for each in faults)
    )
