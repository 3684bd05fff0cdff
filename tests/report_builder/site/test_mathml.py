"""Formulas as MathML, in pages and in notebooks."""

from __future__ import annotations

from report_builder.site import mathml


def test_what_follows_a_formula_does_not_begin_a_line():
    assert mathml.in_page(r'<p><span class="arithmatex">\(x\)</span>。</p>') == (
        '<p><span class="xo-keep"><math><mi>x</mi></math>。</span></p>'
    )
    assert mathml.in_notebook("$x$, and $y$ so") == (
        '<span class="xo-keep"><math><mi>x</mi></math>,</span> and <math><mi>y</mi></math> so'
    )
