"""The records of one study on one data set, and estimates over them; the original's logs beside them.

Not here: sentences, tables, pictures.
"""
