"""The command line: the window's options, and the commands that do without a window."""
