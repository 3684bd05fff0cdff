"""The values of demonstrations, `windows.sum`, `pooling.channel`, ...: their facts as pages quote
them.
"""

from __future__ import annotations

from report_builder.evidence.study import Evidence
from report_builder.results.channel_mixing_facts import CHANNEL_MIXING_FACTS
from report_builder.results.convolution_facts import CONVOLUTION_FACTS
from report_builder.results.fully_convolutional_facts import FULLY_CONVOLUTIONAL_FACTS
from report_builder.results.interpretability_facts import INTERPRETABILITY_FACTS
from report_builder.results.layer_facts import LAYER_FACTS
from report_builder.results.prediction_facts import PREDICTION_FACTS
from report_builder.results.probe_facts import PROBE_FACTS
from report_builder.results.report import Value

QUOTED_FACTS = (
    CONVOLUTION_FACTS
    | LAYER_FACTS
    | CHANNEL_MIXING_FACTS
    | FULLY_CONVOLUTIONAL_FACTS
    | PROBE_FACTS
    | INTERPRETABILITY_FACTS
    | PREDICTION_FACTS
)


def demonstration_values(evidence: Evidence, name: str) -> dict[str, Value]:
    """Every fact of a demonstration that pages may quote."""
    facts = evidence.shown_demonstration(name).facts
    return {
        f"{name}.{fact}": quoted.value(fact, facts)
        for fact, quoted in QUOTED_FACTS.get(name, {}).items()
    }
