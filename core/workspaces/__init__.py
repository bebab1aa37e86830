"""What a person has on the timeline and how: the layout, files of it, and where they are kept."""
