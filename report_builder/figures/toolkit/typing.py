"""The types that annotations of figures name.

Only the type checker reads it: at run time it would load matplotlib, which drawing alone needs.
"""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from report_builder.evidence.study import Evidence
from xo.demonstrations.record import DemonstrationRecord
from xo.network.measurements import Layer
from xo.runs.record import RunRecord
from xo.variants import Variant

__all__ = ["Axes", "DemonstrationRecord", "Evidence", "Figure", "Layer", "RunRecord", "Variant"]
