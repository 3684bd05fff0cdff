"""Names of classes and splits as people write them, brought to one form or refused."""

from __future__ import annotations

import re
import unicodedata

from xo.data.folder import CLASSES, is_printable
from xo.errors import InputError

SPLITS = {
    "train": ("train", "training", "trainset", "trainingset", "traindata", "trainingdata")
    + ("训练", "训练集", "训练数据"),
    "test": ("test", "testing", "testset", "testingset", "testdata", "testingdata")
    + ("测试", "测试集", "测试数据"),
    "validation": ("val", "valid", "validation", "valset", "validset", "validationset")
    + ("valdata", "validationdata", "dev", "devset", "验证", "验证集", "验证数据"),
}
_SPLIT_OF = {name: split for split, names in SPLITS.items() for name in names}
# Devices of Windows, which can be no folder there, whatever follows a dot.
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


def split_of(name: str) -> str | None:
    """train, test or validation, where a folder is named like one, in any case, with or without
    separators: `Training_Set`, `测试集`.
    """
    plain = unicodedata.normalize("NFKC", name).casefold()
    return _SPLIT_OF.get(re.sub(r"[\s_.-]+", "", plain))


def class_name(name: str, where: str) -> str:
    """The name of a class from that of its folder, in Unicode's composed form (NFC); the original's
    folders get the names that the embedded set has.

    Raises InputError on one that some file system cannot hold.
    """
    if not is_printable(name):
        raise InputError(f"{where}/{name!r}: a name that cannot be printed; rename the folder")
    if not name.strip() or name != name.strip() or name.endswith("."):
        raise InputError(
            f"{where}/{name!r}: begins or ends with a space, or ends with a dot, which Windows "
            "takes away; rename the folder"
        )
    if _DEVICES.fullmatch(name):
        raise InputError(f"{where}/{name}: the name of a device on Windows; rename the folder")
    return CLASSES.get(name, unicodedata.normalize("NFC", name))


def refuse_alike(names: dict[str, str]) -> None:
    """Raises InputError where two classes differ only by case or by Unicode's compatible forms, as
    some file systems do not tell them apart; `names` are class -> where it was found.
    """
    seen: dict[str, str] = {}
    for name, where in names.items():
        other = seen.setdefault(unicodedata.normalize("NFKC", name).casefold(), where)
        if other != where:
            raise InputError(
                f"{where}: differs from {other} by case or by Unicode's form alone, which not "
                "every file system tells apart; merge the two, or rename one"
            )
