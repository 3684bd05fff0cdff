"""What confirms and what explores: rules that are fixed, and seeds that nobody has seen."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from report_builder.__main__ import main
from report_builder.evidence.recording import recording
from report_builder.results import claims as all_claims
from report_builder.results import fixed_claims as fixed
from report_builder.results.claims import CLAIM_TEXTS, CLAIMS, claims
from report_builder.results.fixed_claims import FIXED, FixedClaim, FixedClaims, rule_digest
from xo.store.source_digest import ROOT, Source

NAME = "11-channels-are-fine"  # asks for the runs of one variant
CONFIRMING = range(1000, 1006)
EARLIER = range(6)


@pytest.fixture
def tree(tmp_path) -> Path:
    for package in ("report_builder", "xo"):
        shutil.copytree(
            ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    return tmp_path


@pytest.mark.parametrize(
    ("file", "old", "new", "changes"),
    [
        ("results/original_claims.py", '" solve it"', '" do solve it"', False),
        ("results/original_claims.py", "solved(runs).sum()", "solved(runs, 5).sum()", True),
        ("results/findings.py", "MOST = Size(0.5, 0.7)", "MOST = Size(0.5, 0.8)", True),
        ("results/findings.py", "FEWEST = 5", "FEWEST = 6", True),
        ("results/findings.py", "NEARLY_ALL = Size(0.7,", "NEARLY_ALL = Size(0.6,", False),
        ("results/findings.py", "runs{what}, 95", "of the runs{what}, 95", False),
        ("results/findings.py", "seeds of each network", "seeds of all networks", False),
        ("results/original_claim_texts.py", "11 channels do well", "11 channels do best", False),
        ("evidence/estimates.py", "betaincinv(k, n - k + 1, 0.025)", "0.0", True),
        ("evidence/estimates.py", "2 * min(below, above)", "min(below, above)", True),
        ("evidence/estimates.py", "Z = 1.9599", "Z = 2.9599", False),  # Wilson's: tables have it
        ("text.py", "def count", "def another():\n    pass\n\n\ndef count", False),
    ],
)
def test_a_rule_is_all_that_decides_and_no_wording(tree, file, old, new, changes):
    def rule() -> str:
        return rule_digest(CLAIMS[NAME], Source(tree, frozenset({"Text"})))

    before, path = rule(), tree / "report_builder" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    assert (rule() != before) == changes


def test_what_counts_as_solved_belongs_to_the_rule(tree):
    source = Source(tree, frozenset({"Text"}))
    before, path = rule_digest(CLAIMS[NAME], source), tree / "xo" / "data" / "card.py"
    path.write_text(path.read_text().replace("SOLVED = 0.98", "SOLVED = 0.97"))
    assert rule_digest(CLAIMS[NAME], Source(tree, frozenset({"Text"}))) != before


def test_a_rule_is_the_same_wherever_its_definitions_stand(tree):
    def rule() -> str:
        return rule_digest(CLAIMS[NAME], Source(tree, frozenset({"Text"})))

    def replace_in(module: str, old: str, new: str) -> None:
        path = tree / "report_builder" / "results" / module
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1
        path.write_text(text.replace(old, new), encoding="utf-8")

    before, constant = rule(), "MOST = Size(0.5, 0.7)\n"
    replace_in("findings.py", constant, "")
    replace_in("original_claims.py", "    MOST,\n", "")  # no longer imported
    assert rule() != before  # without the constant
    replace_in("original_claims.py", "\n\ndef eleven", f"\n{constant}\n\ndef eleven")
    assert rule() == before
    replace_in("original_claims.py", constant, "MOST = Size(0.5, 0.8)\n")
    assert rule() != before


def test_every_rule_is_still_the_one_that_was_fixed():
    """As the method page says; who changes a rule changes what stands there."""
    written = fixed.fixed_claims()
    assert written is not None
    assert {name: rule_digest(CLAIMS[name]) for name in written.claims} == {
        name: row.rule for name, row in written.claims.items()
    }


@pytest.fixture
def study(evidence):
    """Runs of 11 channels: all confirming seeds solve their task, or so many of them, and no other
    one does.
    """

    def make(confirming: int = len(CONFIRMING)):
        made = evidence.runs("channels-11")[0]

        def lot(seeds, accuracy):
            last = msgspec.structs.replace(made.epochs[-1], test_accuracy=accuracy)
            epochs = (*made.epochs[:-1], last)
            return tuple(msgspec.structs.replace(made, seed=s, epochs=epochs) for s in seeds)

        runs = lot(EARLIER, 0.5) + lot(CONFIRMING[:confirming], 1.0)
        rows = tuple(row for row in evidence.rows if row.name == "channels-11")
        return replace(
            evidence,
            rows=rows,
            records={"channels-11": runs},
            demonstrations={},
            confirming=CONFIRMING,
        )

    return make


def fix(monkeypatch, **rules: str) -> None:
    """The rules of these claims as they were fixed."""
    row = {name: FixedClaim("as it was", rule) for name, rule in rules.items()}
    monkeypatch.setattr(all_claims, "fixed_claims", lambda: FixedClaims(date(2026, 1, 2), row))


def decide(monkeypatch, evidence):
    """What is said of the one claim."""
    monkeypatch.setattr(all_claims, "CLAIMS", {NAME: CLAIMS[NAME]})
    ((_, claim, origin),) = claims(evidence)
    return claim, origin


def test_fresh_seeds_decide_where_the_rule_was_fixed_and_the_others_stand_beside(
    study, monkeypatch
):
    fix(monkeypatch, **{NAME: rule_digest(CLAIMS[NAME])})
    claim, origin = decide(monkeypatch, study())
    assert claim.confirmed and (claim.verdict, claim.n) == ("supported", len(CONFIRMING))
    assert [(each.seeds.en, each.verdict) for each in claim.beside] == [
        ("earlier seeds", "refuted"),
        ("all seeds", "undecided"),
    ]
    assert "0 of 6 runs" in claim.beside[0].numbers.en
    assert "6 of 12 runs" in claim.beside[1].numbers.en
    assert claim.wording == CLAIM_TEXTS[NAME].supported
    assert origin.requests.runs == {"channels-11"} and origin.code.endswith(":eleven_are_fine")


def test_what_follows_from_arithmetic_is_decided_by_no_seeds(study, monkeypatch):
    name = "first-dense-holds-most"
    fix(monkeypatch, **{name: rule_digest(CLAIMS[name])})
    monkeypatch.setattr(all_claims, "CLAIMS", {name: CLAIMS[name]})
    eleven = study()
    runs = tuple(  # of another name, so that the claim finds them
        msgspec.structs.replace(run, settings=replace(run.settings, name="baseline"))
        for run in eleven.runs("channels-11")
    )
    ((_, claim, _),) = claims(replace(eleven, records={"baseline": runs}))
    assert claim.verdict == "supported" and not claim.confirmed and claim.beside == ()


@pytest.mark.parametrize(
    "missing", ["rule", "row", "file", "seed", "all seeds", "range", "what counts as solved"]
)
def test_otherwise_all_seeds_decide_and_the_claim_is_exploratory(study, monkeypatch, missing):
    rule = rule_digest(CLAIMS[NAME])
    if missing == "file":
        monkeypatch.setattr(all_claims, "fixed_claims", lambda: None)
    else:
        name = "another" if missing == "row" else NAME
        fix(monkeypatch, **{name: "changed since" if missing == "rule" else rule})
    seeds = {"seed": len(CONFIRMING) - 1, "all seeds": 0}.get(missing, len(CONFIRMING))
    evidence = study(seeds)
    if missing == "what counts as solved":
        evidence = replace(evidence, data=replace(evidence.data, solved_from=0.9))
    claim, _ = decide(
        monkeypatch, replace(evidence, confirming=()) if missing == "range" else evidence
    )
    assert not claim.confirmed and not claim.beside
    assert claim.n == len(EARLIER) + seeds
    assert claim.verdict == ("refuted" if missing == "all seeds" else "undecided")


def test_rules_are_written_down_with_their_date_and_read_back(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    assert fixed.fixed_claims(tmp_path) is None
    monkeypatch.setattr(fixed, "rule_digest", lambda claim: claim.figure)
    few = {name: CLAIMS[name] for name in (NAME, "accuracy-near-99.7")}
    file = fixed.fix_claims(few, CLAIM_TEXTS, date(2026, 1, 2), tmp_path)
    assert file == tmp_path / FIXED
    with recording() as requests:
        assert fixed.fixed_claims(tmp_path) == FixedClaims(
            date(2026, 1, 2),
            {name: FixedClaim(CLAIM_TEXTS[name].statement.en, CLAIMS[name].figure) for name in few},
        )
    assert requests.files == {FIXED}  # a page that quotes a verdict goes stale with the file


@pytest.mark.parametrize("seen", [True, False])
def test_rules_are_not_fixed_any_more_where_a_confirming_seed_was_trained(
    tmp_path, monkeypatch, seen
):
    written = []
    monkeypatch.setattr(fixed, "fix_claims", lambda *_: written.append(1) or tmp_path / FIXED)
    (tmp_path / "baseline" / ("1003-0123abcd" if seen else "3-0123abcd")).mkdir(parents=True)
    done = CliRunner().invoke(main, ["fix-claims", "--store", str(tmp_path)])
    if seen:
        assert written == [] and done.exit_code == 2 and "1003-0123abcd" in done.output
    else:
        assert written == [1] and done.exit_code == 0
