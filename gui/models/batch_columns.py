"""The columns of the batch tree."""

NAME, BATCHES, SIZE, STATE = range(4)
HEADERS = ("Name (UTC)", "Batches", "Size", "State")
