"""What the mouse and keys of lists do, which Qt or a view does without a command."""

from __future__ import annotations

# Place, gesture, what it does.
GESTURES: tuple[tuple[str, str, str], ...] = (
    ("In the timeline", "Wheel", "Zoom the time, or the value axis, around the pointer"),
    ("In the timeline", "Shift+Wheel", "Move along the time"),
    ("In the timeline", "Ctrl+Wheel, V+Wheel", "Zoom the values of the plot, the time stays"),
    ("In the timeline", "Ctrl+Shift+Wheel, B+Wheel", "Zoom both the time and the values of the plot"),
    ("In the timeline", "Drag in the overview", "Choose what is in sight; drag the brush or its edges to change it"),
    ("In the timeline", "Drag", "Move along the time"),
    ("In the timeline", "Shift+Drag", "Zoom into a rectangle"),
    ("In the timeline", "Alt+Drag", "Mark a region; drag its edges, or its length at the time axis to move it"),
    ("In the timeline", "Click a bookmark's flag", "Pin the cursor there; a double-click goes there"),
    ("In the timeline", "Right-click the time axis", "Add a bookmark there, or edit and remove the one of a flag"),
    ("In the timeline", "Drag a plot's header", "Move the plot up or down"),
    ("In the timeline", "Drag the border of two plots", "Make one higher; a double-click makes all equally high"),
    ("In the timeline", "Double-click a plot's header", "Give the plot all the room, or take it away again"),
    ("In the timeline", "Drag from the legend or a lane's name", "Move series into a plot, or between two"),
    ("In the timeline", "Double-click", "Show everything; on a sample its message, on an axis fit the axis"),
    ("In lists", "Enter, double-click", "Open what is selected, or put it on the timeline"),
    ("In lists", "Ctrl+C", "Copy what is selected"),
    ("In lists", "Ctrl+F, /", "Go to the filter"),
)
