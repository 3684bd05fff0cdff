"""What was measured and printed: the records of a study, the original's logs, estimates of both.

Nothing here knows what a page says of it. What a computation asks for is recorded (`recording`).
"""
