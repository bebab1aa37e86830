"""The open source and the work that is done on it."""
