"""The figures, notebooks and code outputs that pages request: what the build's store holds of them,
and making the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from typing import NamedTuple

from report_builder.evidence.inputs import run_digests
from report_builder.evidence.study import Evidence
from report_builder.figures import artifact as figures
from report_builder.pages import code_outputs, notebooks, sources
from report_builder.pages.render import PageRequest, code_blocks, figure_pages
from report_builder.paths import Paths
from report_builder.results import shipped_networks
from report_builder.results.widgets import LAB
from report_builder.text import LANGUAGES
from xo.errors import CheckFailed
from xo.store import processes
from xo.store.artifact import Artifact
from xo.store.inputs import Inputs
from xo.store.source_digest import Source
from xo.store.store import Store

FEW = 3  # for fewer, starting processes would cost more than they save


class RequestedArtifact(NamedTuple):
    """Something that pages request: as the store holds it, or how it is made."""

    kind: str  # "figure", "lab network", "notebook", "code output"
    name: str  # as pages request it
    inputs: Inputs  # of a figure that is missing, as far as they are known
    artifact: Artifact | None
    why_missing: str
    make: Callable[[], Artifact]

    def made(self) -> RequestedArtifact:
        artifact = self.make()
        return self._replace(artifact=artifact, inputs=artifact.inputs, why_missing="")


def requested_artifacts(
    evidence: Evidence,
    requests: Collection[PageRequest],
    paths: Paths,
    drawable: Iterable[str],
    pending: Collection[str] = (),
) -> list[RequestedArtifact]:
    """All figures that pages request and can be drawn, all notebooks, all code on pages, and the
    lab's networks where a page has the lab.

    `pending` are runs that a build would train first.
    """
    store, source = Store(paths.build), Source()
    data, records = evidence.data.result_inputs, run_digests(evidence, None, pending)
    variables = {
        "XO_DATA": str(evidence.data.root.resolve()),
        "XO_STORE": str(paths.store.resolve()),
        "XO_STUDY": evidence.study,
    }

    def stored(kind: str, name: str, key: str, inputs: Inputs, make: Callable[[], Artifact]):
        artifact, why = store.look_up(kind, key, inputs, quarantine=True)
        return RequestedArtifact(kind, name, inputs, artifact, why, make)

    found = []
    for language in LANGUAGES:
        for file in sources.files(paths.docs / language, sources.NOTEBOOK):
            inputs = notebooks.inputs(file, paths.docs, source, data, records)
            make = partial(notebooks.make, file, paths.docs, inputs, store, variables)
            name = file.relative_to(paths.docs).as_posix()
            key = notebooks.name(file, paths.docs)
            found.append(stored(notebooks.KIND, name, key, inputs, make))
    for block in code_blocks(requests):
        inputs = code_outputs.inputs(block, source, data, records)
        make = partial(code_outputs.make, block, inputs, store, paths.docs, variables)
        found.append(stored(code_outputs.KIND, block.name, block.name, inputs, make))
    if any(f"widget {LAB}" in page.results for page in requests):
        for variant, network in shipped_networks.shipped(evidence).items():
            inputs = shipped_networks.inputs(network, evidence.data, source)
            make = partial(shipped_networks.make, network, evidence.data, inputs, store)
            found.append(stored(shipped_networks.KIND, variant, variant, inputs, make))
    shared = figures.shared_inputs(evidence.data.classes)
    for name in sorted(figure_pages(requests, drawable)):
        fixed = figures.fixed_inputs(name, evidence, source, shared)
        figure = figures.look_up(name, evidence, fixed, store, pending)
        make = partial(figures.make, name, evidence, fixed, store)
        found.append(
            RequestedArtifact(
                figures.KIND, name, figure.inputs, figure.artifact, figure.why_missing, make
            )
        )
    return found


def make_missing(requested: Iterable[RequestedArtifact], jobs: int) -> Iterator[RequestedArtifact]:
    """Makes what is missing, `jobs` at a time, and yields each once it is stored."""
    missing = [each for each in requested if each.artifact is None]
    if not missing:
        return
    parallel = jobs > 1 and len(missing) >= FEW
    runs_code = any(each.kind == code_outputs.KIND for each in missing)
    libraries = code_outputs.RUNNING if runs_code else ()  # of all processes that start from now on
    with (
        ThreadPoolExecutor(jobs if parallel else 1) as threads,
        processes.pool(jobs, libraries=libraries) as pool,
    ):
        try:
            futures = [threads.submit(_make, each, pool if parallel else None) for each in missing]
            for future in as_completed(futures):
                yield future.result()
        except BrokenProcessPool as error:
            raise CheckFailed(
                "a process that draws figures was killed, most likely for want of memory; run the "
                "same command again with fewer --jobs; what was made is kept"
            ) from error
        finally:
            threads.shutdown(wait=False, cancel_futures=True)


def _make(requested: RequestedArtifact, pool: Executor | None) -> RequestedArtifact:
    """Figures and networks in the pool, if there is one; the rest runs in processes of its own."""
    if pool and requested.kind in (figures.KIND, shipped_networks.KIND):
        artifact = pool.submit(requested.make).result()
        return requested._replace(make=lambda: artifact).made()
    return requested.made()


def prune(requested: Collection[RequestedArtifact], store: Store) -> None:
    """Removes old artifacts, all but the last few of each name."""
    for kind in {each.kind for each in requested}:
        store.prune(
            kind, [each.artifact for each in requested if each.kind == kind and each.artifact]
        )
