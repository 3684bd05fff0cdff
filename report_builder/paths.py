"""Where a build reads and writes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from report_builder.site.publish import build_lock
from report_builder.site.published_site import refuse_additions
from xo.store.files import sweep_files
from xo.store.ownership import claim, keep_apart, refuse_foreign
from xo.store.source_digest import ROOT
from xo.store.store import Store

CONFIG = ROOT / "mkdocs.yml"


@dataclass(frozen=True)
class Paths:
    """The folders of a build; those with an option on the command line can be anywhere."""

    data: Path
    store: Path
    build: Path
    site: Path
    docs: Path = ROOT / "docs"

    @property
    def report(self) -> Path:
        return self.build / "report.json"

    @property
    def rendered(self) -> Path:
        """The pages as MkDocs reads them."""
        return self.build / "docs"

    @property
    def lock(self) -> Path:
        """Held by the build that draws, renders and publishes."""
        return build_lock(self.build)

    def claim(self) -> None:
        """Marks the folders that a build writes to as its own, and sweeps from the build folder
        what interrupted builds left; the store is swept as images are opened.

        Raises InputError, before anything is written, where one is not.
        """
        keep_apart(
            {
                "--data": self.data,
                "--store": self.store,
                "--build": self.build,
                "--site": self.site,
                "docs": self.docs,
            }
        )
        refuse_additions(self.site)
        refuse_foreign(self.build, "build")
        claim(self.store, "store")
        claim(self.build, "build")
        Store(self.build).sweep()
        for folder, _, _ in os.walk(self.build / "pages"):  # the cache of unchanged pages
            sweep_files(Path(folder))
