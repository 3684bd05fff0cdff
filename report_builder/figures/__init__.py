"""The figures, a module each: measure the evidence, draw the numbers, describe them in words.

`table` lists them; `toolkit` is what they share. Not here: where a page puts them.
"""
