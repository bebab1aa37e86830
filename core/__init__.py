"""Everything Odograph does without a window: sources, archive, series, export and the command line."""

__version__ = "0.1.0"
