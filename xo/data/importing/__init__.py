"""Brings the images that people have into the one form that `xo.data.load` reads.

Where they lie (`layout`), what their pixels become (`convert`), which of them are for testing
(`division`), what is odd about them (`findings`), all of it together (`run`).
"""
