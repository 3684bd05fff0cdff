"""An artifact that is being written, and what its `record.json` will say."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from xo.store import disk
from xo.store.artifact import Artifact, as_text, own_digest
from xo.store.inputs import Inputs, digest


@dataclass
class NewEntry:
    """An artifact that is being written."""

    folder: Path
    content: dict[str, Any] = field(default_factory=dict)
    artifact: Artifact = field(init=False)

    def record(self, kind: str, name: str, inputs: Inputs, optional: tuple[str, ...]) -> bytes:
        """The bytes of its `record.json`; `optional` files may be deleted later."""
        files = {}
        for path in sorted(path for path in self.folder.rglob("*") if path.is_file()):
            file = path.relative_to(self.folder).as_posix()
            files[file] = {
                "sha256": disk.sha256(path),
                "bytes": path.stat().st_size,
                "optional": file in optional,
            }
        document: dict[str, Any] = {
            "kind": kind,
            "name": name,
            "key": digest(inputs),
            "inputs": inputs,
            "content": msgspec.to_builtins(self.content),
            "files": files,
        }
        document = json.loads(json.dumps(document))  # tuples as lists, as they will be read
        document["digest"] = own_digest(document)
        return as_text(document).encode()
