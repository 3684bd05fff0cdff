"""Images from an address with a digest, as the workflow of a clone takes them."""

from __future__ import annotations

import hashlib
import threading
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from xo.cli import main


@pytest.fixture
def served(tmp_path):
    """The address of a zip of four images, and its digest."""
    rng, folder = np.random.default_rng(0), tmp_path / "served"
    folder.mkdir()
    with zipfile.ZipFile(folder / "images.zip", "w") as archive:
        for split in ("train", "test"):
            for name in ("a", "b"):
                image = BytesIO()
                Image.fromarray(rng.integers(0, 256, (24, 24), dtype=np.uint8)).save(image, "png")
                archive.writestr(f"{split}/{name}/1.png", image.getvalue())
    handler = partial(SimpleHTTPRequestHandler, directory=folder)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    digest = hashlib.sha256((folder / "images.zip").read_bytes()).hexdigest()
    yield f"http://127.0.0.1:{server.server_port}/images.zip", digest
    server.shutdown()


def run(*words: object):
    return CliRunner().invoke(main, ["data", "import", *map(str, words)])


def test_a_zip_at_an_address_is_imported_where_its_digest_is_right(served, tmp_path):
    address, digest = served
    result = run(f"{address}#sha256={digest}", "--to", tmp_path / "images")
    assert result.exit_code == 0 and "2 classes of 24x24 pixels" in result.output
    assert len(list((tmp_path / "images").rglob("*.png"))) == 4


def test_another_digest_or_none_imports_nothing(served, tmp_path):
    address, _ = served
    for end, said in ((f"#sha256={'0' * 64}", "expected 0000"), ("", "expected the SHA-256")):
        result = run(f"{address}{end}", "--to", tmp_path / "images")
        assert result.exit_code and said in result.output
        assert not (tmp_path / "images").exists()


def test_an_address_has_no_name_to_call_the_images_by(served):
    result = run(f"{served[0]}#sha256={served[1]}")
    assert result.exit_code and "--to data/NAME" in result.output


def test_a_source_that_is_not_there_is_one_line(tmp_path):
    result = run(tmp_path / "none")
    assert result.exit_code and "not there" in result.output
