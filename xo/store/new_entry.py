"""An artifact that is being written, and what its `record.json` will say."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from xo.store import disk, sealed
from xo.store.artifact import Artifact
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
        return sealed.seal_document(
            {
                "kind": kind,
                "name": name,
                "key": digest(inputs),
                "inputs": inputs,
                "content": msgspec.to_builtins(self.content),
                "files": files,
            }
        )
