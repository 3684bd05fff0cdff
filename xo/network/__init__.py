"""The networks: model, training, evaluation, activations. What a run's key covers, and no more.

Not here: which runs there are, and where their records lie.
"""
