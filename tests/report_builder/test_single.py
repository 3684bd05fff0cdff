"""One figure and one value by name, from the records there are; only a figure of ours is
overwritten.
"""

from __future__ import annotations

from io import BytesIO

import pytest
from click.testing import CliRunner
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from report_builder.cli import main
from report_builder.figures.toolkit.style import Style
from report_builder.single import draw_figure, read_value
from report_builder.text import Text
from xo.errors import InputError


def test_a_figure_needs_a_record(paths, tmp_path):
    with pytest.raises(InputError, match="no record of the study smoke"):
        draw_figure("samples", "smoke", paths, Style("zh", "light"), tmp_path / "samples.png")


def test_one_figure_by_name(built, tmp_path):
    path = draw_figure("loss.baseline", "smoke", built, Style("en", "dark"), tmp_path / "loss.svg")
    drawn = next((built.build / "figures").glob("loss.baseline-*")) / "en-dark.svg"
    assert path.read_bytes().startswith(drawn.read_bytes())
    with pytest.raises(
        InputError,
        match=r"figure 'los': not known .did you mean loss.baseline..; known are passage, samples",
    ):
        draw_figure("los", "smoke", built, Style("zh", "light"), None)
    with pytest.raises(InputError, match="ends in .svg or .png"):
        draw_figure("samples", "smoke", built, Style("zh", "light"), tmp_path / "x.gif")


def test_one_value_by_name(built):
    found = read_value("baseline.solved", "smoke", built)
    assert found.text == Text("2 个种子中的 1 个", "1 of 2") and "n = 2 seeds" in found.note["en"]
    with pytest.raises(
        InputError,
        match=r"value 'baseline.x': not known; known are baseline.parameters, baseline.*n",
    ):
        read_value("baseline.x", "smoke", built)
    with pytest.raises(
        InputError, match=r"value 'x': not known; known are baseline..., .*study..."
    ):
        read_value("x", "smoke", built)


def test_a_damaged_record_is_named_where_it_is_left_out(built, capsys):
    (record,) = built.store.glob("baseline/1-*/record.json")
    record.write_bytes(record.read_bytes()[:100])
    assert "n = 1 seed," in read_value("baseline.solved", "smoke", built).note["en"]
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"left out: baseline seed 1: damaged: {record}: ")


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_a_figure_is_drawn_again_over_itself_and_over_nothing_else(built, tmp_path, kind):
    out = tmp_path / f"figure.{kind}"

    def draw() -> bytes:
        return draw_figure("loss.baseline", "smoke", built, Style("en", "light"), out).read_bytes()

    assert draw() == draw()  # the second over the first
    own, foreign = (
        out.read_bytes(),
        next((built.build / "figures").glob("samples-*/*.png")).read_bytes(),
    )
    image = Image.open(out) if kind == "png" else None
    for content in (
        b"",
        b"mine",
        foreign,
        own.replace(b"</svg>", b"<g/></svg>") if kind == "svg" else _edited(image),
    ):
        out.write_bytes(content)
        with pytest.raises(
            InputError,
            match=(
                f"figure.{kind}: exists, and is no figure .*; remove it, or choose another name "
                "with "
                "--out"
            ),
        ):
            draw()
        assert out.read_bytes() == content
    out.unlink()
    out.symlink_to(tmp_path / "nowhere")
    with pytest.raises(InputError, match="exists"):
        draw()
    assert not (tmp_path / "nowhere").exists()
    with pytest.raises(InputError, match="expected a folder .*absent, found none"):
        draw_figure(
            "loss.baseline",
            "smoke",
            built,
            Style("en", "light"),
            tmp_path / "absent" / f"x.{kind}",
        )


def _edited(image: Image.Image) -> bytes:
    """With another pixel, its texts kept as an editor does."""
    texts, out = PngInfo(), BytesIO()
    for key, text in image.text.items():
        texts.add_text(key, text)
    edited = image.convert("RGB")
    edited.putpixel((0, 0), (1, 2, 3))
    edited.save(out, "PNG", pnginfo=texts)
    return out.getvalue()


def test_all_figures_and_values_are_listed_in_the_language_chosen(built):
    options = ["--study", "smoke", "--data", str(built.data), "--store", str(built.store)]
    for command, shown in (
        ("figure", {"zh": "loss.baseline: 基准网络", "en": "loss.baseline: Baseline"}),
        ("value", {"zh": "baseline.solved: 2 个种子中的 1 个", "en": "baseline.solved: 1 of 2 (n"}),
    ):
        for language, beginning in shown.items():
            result = CliRunner().invoke(main, [command, "--list", "--lang", language, *options])
            assert result.exit_code == 0
            (line,) = (each for each in result.stdout.splitlines() if beginning in each)
            names = [each.partition(": ")[0] for each in result.stdout.splitlines()]
            assert line.startswith(beginning) and len(set(names)) == len(names) > 50
