"""Formulas as MathML, in pages and in notebooks."""

from __future__ import annotations

import html

from report_builder import escape
from report_builder.site import mathml


def test_what_follows_a_formula_does_not_begin_a_line():
    assert mathml.in_page(r'<p><span class="arithmatex">\(x\)</span>。</p>') == (
        '<p><span class="xo-keep"><math><mi>x</mi></math>。</span></p>'
    )
    assert mathml.in_notebook("$x$, and $y$ so") == (
        '<span class="xo-keep"><math><mi>x</mi></math>,</span> and <math><mi>y</mi></math> so'
    )


def test_elements_have_no_attributes_that_html_does_not_allow_them():
    """By the Nu checker: <mfrac> has no displaystyle, <mtable> no scriptlevel."""
    assert mathml.mathml(r"x+\tfrac{1}{\dfrac{a}{b}}") == (
        '<math><mi>x</mi><mo>+</mo><mstyle displaystyle="false"><mfrac><mn>1</mn>'
        '<mstyle displaystyle="true"><mfrac><mi>a</mi><mi>b</mi></mfrac></mstyle></mfrac></mstyle>'
        "</math>"
    )
    matrix = mathml.mathml(r"\begin{pmatrix}1&2\end{pmatrix}", block=True)
    assert '<mstyle scriptlevel="0"><mtable displaystyle="false"><mtr>' in matrix


def test_a_formula_of_a_notebook_is_valid_in_its_paragraph():
    assert mathml.in_notebook("<p>$$x$$</p>") == (
        '<p><span class="formula"><math display="block"><mi>x</mi></math></span></p>'
    )


def test_a_dollar_of_a_name_begins_no_formula():
    name = escape.in_notebook(escape.markdown("$x$ and $$y$$"))
    shown = html.unescape(name)  # as nbconvert does
    assert mathml.in_notebook(f"{shown}: $z$") == f"{shown}: <math><mi>z</mi></math>"
