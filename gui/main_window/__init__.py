"""The main window: what lies where, and what is connected with what."""
