"""Whether damage explains that a build failed: what is damaged is moved away, so that one more
attempt makes it again.
"""

from __future__ import annotations

from collections.abc import Iterator

from report_builder.evidence.gather import gather, look_up_study
from report_builder.paths import Paths
from xo.errors import CheckFailed, InputError
from xo.store.artifact import Artifact, Damaged
from xo.store.store import Store


def quarantine_cause(
    failure: Damaged | CheckFailed | InputError, study: str, paths: Paths
) -> list[str]:
    """Rehashes every record of the study and moves the damaged ones away. Returns a line for each
    damage; none where none explains the failure, so that another attempt would fail alike.

    Of code that runs in a process of its own, as a notebook's, CheckFailed says in words alone what
    it failed of.
    """
    named = _damage(failure)
    if not named and isinstance(failure, InputError):
        return []
    lines = Store(paths.store).quarantine_damaged(_in_use(study, paths))
    # What lies in the build folder is rehashed by every look-up, so that it is only named here.
    return lines or ([f"damaged: {named}"] if named else [])


def _damage(failure: BaseException) -> Damaged | None:
    """The damage that is the failure or its cause."""
    if isinstance(failure, Damaged):
        return failure
    return _damage(failure.__cause__) if failure.__cause__ else None


def _in_use(study: str, paths: Paths) -> Iterator[Artifact]:
    found = look_up_study(study, paths.data, paths.store, quarantine=True)
    for record in found.lookup.found:
        yield record.artifact
    for demonstration in gather(found, may_be_empty=True).demonstrations.values():
        yield demonstration.artifact
