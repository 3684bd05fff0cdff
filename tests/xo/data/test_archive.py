"""What is hostile or damaged in an archive is refused by name; names come out right."""

from __future__ import annotations

import shutil
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.xo.data.sets import make, pack, refused
from xo.data.importing.options import ImportOptions
from xo.data.importing.run import import_images
from xo.data.load import check


def test_zip_entries_that_leave_the_folder(tmp_path):
    for name in (
        "../../train/ant/9.png",
        "/train/ant/9.png",
        "train/../../9.png",
        "C:/9.png",
        "train\\..\\..\\9.png",
    ):
        archive = pack(make(tmp_path / "pets"), tmp_path / "pets.zip")
        shutil.rmtree(tmp_path / "pets")
        with zipfile.ZipFile(archive, "a") as out:
            out.writestr(zipfile.ZipInfo(name), b"x")
        refused(
            lambda archive=archive: import_images(archive, tmp_path / "mine"),
            str(archive),
            "leaves the folder",
        )


def test_zip_entries_that_are_links(tmp_path):
    archive = pack(make(tmp_path / "pets"), tmp_path / "pets.zip")
    link = zipfile.ZipInfo("train/ant/9.png")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(archive, "a") as out:
        out.writestr(link, "/etc/passwd")
    refused(lambda: import_images(archive, tmp_path / "mine"), "'train/ant/9.png' is a link")


def test_zip_bombs(tmp_path, monkeypatch):
    archive = pack(make(tmp_path / "pets"), tmp_path / "pets.zip")
    with zipfile.ZipFile(archive, "a", zipfile.ZIP_DEFLATED) as out:
        for number in range(8):
            out.writestr(f"train/ant/bomb{number}.bmp", bytes(2**22))
    assert archive.stat().st_size < 2**17
    monkeypatch.setattr("xo.data.archive.LARGEST_RATIO", 200)
    refused(lambda: import_images(archive, tmp_path / "mine"), str(archive), "a zip bomb?")
    monkeypatch.setattr("xo.data.archive.LARGEST_SET", 2**24)
    refused(
        lambda: import_images(archive, tmp_path / "mine"),
        str(archive),
        "at most 200,000 and 16,777,216",
    )
    monkeypatch.setattr("xo.data.archive.MOST_FILES", 10)
    refused(lambda: import_images(archive, tmp_path / "mine"), str(archive), "at most 10")


def test_zips_that_cannot_be_unpacked(tmp_path):
    archive = pack(make(tmp_path / "pets"), tmp_path / "pets.zip")
    content = archive.read_bytes()
    bad = tmp_path / "bad.zip"
    bad.write_bytes(content[: len(content) // 2])
    refused(lambda: import_images(bad, tmp_path / "mine"), str(bad), "not a readable zip")

    with zipfile.ZipFile(archive) as opened:
        at = opened.getinfo("train/ant/0.png").header_offset + 500
    bad.write_bytes(content[:at] + bytes([content[at] ^ 255]) + content[at + 1 :])
    refused(
        lambda: import_images(bad, tmp_path / "mine"),
        f"{bad}/train/ant/0.png",
        "cannot be unpacked",
    )

    bad.write_bytes(
        content.replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01")
    )
    refused(lambda: import_images(bad, tmp_path / "mine"), str(bad), "is encrypted")

    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(archive, "a") as out:
        out.writestr("train/ant/0.png", b"x")
    refused(lambda: import_images(archive, tmp_path / "mine"), "two entries 'train/ant/0.png'")


def test_a_single_folder_around_a_wrong_set_is_no_excuse(tmp_path):
    archive = pack(make(tmp_path / "pets") / "train", tmp_path / "train.zip", "train/")
    refused(lambda: import_images(archive, tmp_path / "mine"), "has train but no test folder")
    archive = pack(tmp_path / "pets/train", tmp_path / "low.zip", "pets/")
    refused(
        lambda: import_images(archive, tmp_path / "mine"),
        "low.zip/pets: holds no train and test folders",
        "one level too low",
    )


class Unmarked(zipfile.ZipInfo):
    """An entry whose name is not marked as UTF-8."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("cp437"), self.flag_bits


def as_written_by(encoding: str, folder: Path, target: Path) -> Path:
    """A zip whose names are in `encoding` without a mark, as Windows makes them."""
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(folder.rglob("*.png")):
            name = path.relative_to(folder).as_posix().encode(encoding).decode("cp437")
            archive.writestr(Unmarked(name), path.read_bytes())
    return target


@pytest.mark.parametrize(
    ("encoding", "option", "label"),
    [("gbk", "", "圆圈"), ("utf-8", "", "圆圈"), ("shift_jis", "shift_jis", "まる")],
)
def test_names_without_a_mark_are_read_as_they_were_written(tmp_path, encoding, option, label):
    folder = make(tmp_path / "pets", (label, "x"))
    archive = as_written_by(encoding, folder, tmp_path / "pets.zip")
    found, _ = import_images(archive, tmp_path / "mine", ImportOptions(names_encoding=option))
    assert label in found.classes


def test_names_in_another_encoding_than_the_one_given_are_refused(tmp_path):
    folder = make(tmp_path / "pets", ("三角", "x"))
    archive = as_written_by("gbk", folder, tmp_path / "pets.zip")
    for option, message in (("utf-8", "not named in utf-8"), ("none", "no such encoding")):
        options = ImportOptions(names_encoding=option)
        refused(lambda o=options: import_images(archive, tmp_path / "mine", o), message)


@pytest.mark.parametrize("suffix", ["tar", "tar.gz", "tgz"])
def test_a_tar_is_read_like_a_zip(tmp_path, suffix):
    folder = make(tmp_path / "pets")
    archive = tmp_path / f"pets.{suffix}"
    with tarfile.open(archive, "w" if suffix == "tar" else "w:gz") as out:
        out.add(folder, "pets")
    assert import_images(archive, tmp_path / "mine")[0].digest == check(folder).digest


@pytest.mark.parametrize("kind", ["link", "outside", "cut"])
def test_a_hostile_or_damaged_tar_is_refused_by_name(tmp_path, kind):
    folder = make(tmp_path / "pets")
    archive = tmp_path / "pets.tgz"
    with tarfile.open(archive, "w:gz") as out:
        out.add(folder, "pets")
        if kind != "cut":
            info = tarfile.TarInfo("../evil.png" if kind == "outside" else "pets/train/ant/9.png")
            if kind == "link":
                info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
            out.addfile(info)
    if kind == "cut":
        archive.write_bytes(archive.read_bytes()[:2000])
    message = {"link": "is a link", "outside": "leaves the folder", "cut": "fetch it again"}[kind]
    refused(lambda: import_images(archive, tmp_path / "mine"), str(archive), message)
    assert not (tmp_path / "evil.png").exists()


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2, zipfile.ZIP_DEFLATED])
def test_a_corrupt_entry_ends_in_one_line_whatever_packed_it(tmp_path, method):
    folder = make(tmp_path / "pets")
    archive = tmp_path / "pets.zip"
    with zipfile.ZipFile(archive, "w", method) as out:
        for path in sorted(folder.rglob("*.png")):
            out.write(path, path.relative_to(folder).as_posix())
        at = out.getinfo("train/ant/0.png").header_offset + 60
    content = bytearray(archive.read_bytes())
    for offset in range(at, at + 40):
        content[offset] ^= 0x5A
    archive.write_bytes(content)
    refused(lambda: import_images(archive, tmp_path / "mine"), str(archive), "fetch")
