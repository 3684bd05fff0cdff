"""Puts the report together: its outline, which is known before any result, then results and
artifacts, then pages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from report_builder import escape
from report_builder.artifacts import RequestedArtifact
from report_builder.evidence.gather import StudyRuns
from report_builder.evidence.ground import are_drawings
from report_builder.evidence.original_logs import logs
from report_builder.evidence.study import Evidence
from report_builder.evidence.training_course import compares_settings
from report_builder.figures import artifact as figures
from report_builder.figures.table import FIGURES
from report_builder.figures.table import names as drawable_figures
from report_builder.figures.toolkit.letters import key
from report_builder.pages import code_outputs, notebooks
from report_builder.pages.render import PageRequest
from report_builder.pages.stored_files import network_path
from report_builder.results import shipped_networks
from report_builder.results.claims import CLAIM_TEXTS
from report_builder.results.compute import Results, result_inputs
from report_builder.results.demonstration_tables import DEMONSTRATION_TABLES
from report_builder.results.report import (
    DataSetName,
    Packer,
    Provenance,
    Report,
    RunCounts,
    ShippedNetwork,
)
from report_builder.results.training_tables import TRAINING_TABLES
from report_builder.results.unavailable import (
    NO_SETTINGS,
    NOT_COMPUTED,
    missing_weights_text,
    unavailable,
)
from report_builder.results.withheld import withheld
from report_builder.site.page_inputs import asset_inputs, page_inputs
from report_builder.text import Text
from xo.data.dataset import EMBEDDED
from xo.demonstrations.record import missing_weights
from xo.demonstrations.table import DEMONSTRATIONS
from xo.store.inputs import digest
from xo.store.source_digest import Source
from xo.store.store import Store


def outline(evidence: Evidence, runs: RunCounts, store: Store) -> Report:
    """The report without results: study, data set, and which figures can be shown."""
    data, whole = evidence.data, evidence.whole or evidence.data
    card = evidence.card
    of_data = ["--data", escape.shell(str(data.root))] if data.root != EMBEDDED else []
    options = [*(["--study", evidence.study] if evidence.study != "default" else []), *of_data]
    return Report(
        study=evidence.study,
        data=DataSetName(
            data.name,
            data.digest,
            evidence.embedded,
            title=Text(card.title.zh, card.title.en),
            shows=Text(card.shows.zh, card.shows.en),
            changes=card.changes,
            findings=card.findings,
            drawings=are_drawings(data),
            whole_digest=whole.digest,
            partial=whole.digest != data.digest,
            class_key=key(data.classes),
            size=data.image_size,
            channels=data.channels,
            classes=len(data.classes),
        ),
        data_folder=str(data.root) if data.root != EMBEDDED else "",
        variants=tuple(row.name for row in evidence.rows),
        runs=runs,
        trained_until=max(
            (run.cost.finished[:10] for records in evidence.records.values() for run in records),
            default="",
        ),
        unsolved=tuple(
            variant
            for variant, records in evidence.records.items()
            if not any(record.solved for record in records)
        ),
        figure_command=" ".join(["python -m report_builder figure", *options]),
        value_command=" ".join(["python -m report_builder value", *options]),
        drawable=tuple(drawable_figures(evidence)),
        unavailable=(why_not := _unavailable(evidence, store)),
        withheld_claims=tuple(
            text.statement for name, text in CLAIM_TEXTS.items() if f"claim {name}" in why_not
        ),
    )


def count_runs(study: StudyRuns, evidence: Evidence, in_training: bool = False) -> RunCounts:
    """How many of the study's runs the evidence has."""
    planned = Counter(run.variant.name for run in study.runs)
    made = {variant: len(evidence.records.get(variant, ())) for variant in planned}
    incomplete = {
        variant: (made[variant], count)
        for variant, count in planned.items()
        if made[variant] < count
    }
    in_training = in_training and bool(incomplete)
    return RunCounts(sum(made.values()), planned.total(), incomplete, in_training)


def _unavailable(evidence: Evidence, store: Store) -> dict[str, Text]:
    """Why a demonstration, a figure, a table or a claim cannot be shown."""
    found = withheld(evidence, tuple(logs()))
    for name, row in DEMONSTRATIONS.items():
        if record := evidence.demonstrations.get(name):
            reason = unavailable(record.unavailable) if record.unavailable else None
        else:
            missing = missing_weights(row, evidence.records, evidence.data, store)
            reason = missing_weights_text(missing) if missing else NOT_COMPUTED
        if reason:
            shown = [f"figure {each}" for each in FIGURES if FIGURES[each].demonstration == name]
            shown += [
                f"table {each}"
                for each, table in DEMONSTRATION_TABLES.items()
                if table.demonstration == name
            ]
            found |= dict.fromkeys((f"demonstration {name}", *shown), reason)
    if evidence.rows and not compares_settings(evidence.rows):
        found |= {f"figure {name}": NO_SETTINGS for name, row in FIGURES.items() if row.settings}
        found |= {
            f"table {name}": NO_SETTINGS for name, row in TRAINING_TABLES.items() if row.settings
        }
    return found


def assemble(
    outline: Report, evidence: Evidence, results: Results, artifacts: Iterable[RequestedArtifact]
) -> Report:
    """The report with everything that pages may show, and what each was made from."""
    packer = Packer()
    provenance: dict[str, Provenance] = {}
    run_names = {}
    for run in (run for runs in evidence.records.values() for run in runs):
        stored = run_names[run.name] = f"{run.name}-{run.key}"
        provenance[f"run {stored}"] = Provenance(packer.pack(run.inputs), run.digest)
    for name, record in evidence.demonstrations.items():
        inputs = packer.pack(record.inputs)
        provenance[f"demonstration {name}"] = Provenance(inputs, record.digest)
    kinds = (figures.KIND, shipped_networks.KIND, notebooks.KIND, code_outputs.KIND)
    shown: dict[str, dict[str, Any]] = {kind: {} for kind in kinds}
    for each in artifacts:
        content, origin = _shown(each, outline.figure_command)
        shown[each.kind][each.name] = content
        inputs = packer.pack(each.inputs)
        provenance[f"{each.kind} {each.name}"] = msgspec.structs.replace(origin, inputs=inputs)
    computed = {
        f"{kind} {name}": result
        for kind, group in (
            ("value", results.values),
            ("table", results.tables),
            ("claim", results.claims),
            ("widget", results.widgets),
        )
        for name, result in group.items()
    }
    for name, inputs in result_inputs(results, evidence, Source()).items():
        content = digest(msgspec.to_builtins(computed[name]))
        provenance[name] = Provenance(packer.pack(inputs), content)
    return msgspec.structs.replace(
        outline,
        values=results.values,
        tables=results.tables,
        claims=results.claims,
        widgets=results.widgets,
        figures=shown[figures.KIND],
        networks=shown[shipped_networks.KIND],
        notebooks=shown[notebooks.KIND],
        code_outputs=shown[code_outputs.KIND],
        provenance=provenance,
        details=packer.details,
        run_names=run_names,
    )


def _shown(each: RequestedArtifact, figure_command: str) -> tuple[Any, Provenance]:
    """What pages show of an artifact, and its digest or files."""
    artifact = each.artifact
    assert artifact is not None, f"{each.name} has not been made"
    if each.kind == figures.KIND:
        figure = figures.drawn_figure(artifact, f"{figure_command} {each.name}")
        return figure, Provenance({}, files=figures.page_files(each.name, figure))
    if each.kind == shipped_networks.KIND:
        content = artifact.content_as(shipped_networks.ShippedContent)
        network = ShippedNetwork(
            folder=str(artifact.folder),
            files={name: stored.bytes for name, stored in sorted(artifact.files.items())},
            test_images=content.test_images,
            same_class=content.same_class,
            largest_difference=content.largest_difference,
            epochs=content.epochs,
        )
        files = tuple(network_path(each.name, name) for name in network.files)
        return network, Provenance({}, files=files)
    if each.kind == notebooks.KIND:
        executed = artifact.files[notebooks.EXECUTED].sha256
        return str(artifact.folder / notebooks.EXECUTED), Provenance({}, executed)
    printed = artifact.content_as(dict)["printed"]
    return printed, Provenance({}, digest(printed))


def with_pages(report: Report, requests: list[PageRequest], docs: Path, config: Path) -> Report:
    """The report with what its pages and assets were made from."""
    packer, provenance = Packer(dict(report.details)), dict(report.provenance)
    digests = {name: digest(made.inputs) for name, made in provenance.items()}
    inputs = page_inputs(requests, docs, config, report, digests, Source()) | asset_inputs(docs)
    for name, of_file in inputs.items():
        path = name.partition(" ")[2]
        provenance[name] = Provenance(packer.pack(of_file), files=(path,))
    return msgspec.structs.replace(report, provenance=provenance, details=packer.details)
