"""Commands of the timeline: the menu Timeline."""

from __future__ import annotations

from gui.actions.definitions import ActionDef

TIMELINE_ACTIONS: tuple[ActionDef, ...] = (
    ActionDef(
        "show_series", "&Show selected properties", "chart", ("Ctrl+Return",), "timeline",
        "Put the selected properties of the selected vehicles on the timeline", needs=("properties",),
    ),
    ActionDef(
        "derive", "&Derive series…", "derive", ("Ins",), "timeline",
        "Compute differences per day, rates, averages and more from series of numbers", scope="timeline",
        needs=("source",),
    ),
    ActionDef(
        "remove_series", "&Remove selected series", "remove", ("Del",), "timeline",
        "Take the series selected in the legend off the timeline", scope="timeline", needs=("series",),
    ),
    ActionDef(
        "clear_timeline", "&Clear timeline", "clear", ("Shift+Del",), "timeline",
        "Take every series off the timeline", scope="timeline", needs=("series",),
    ),
    ActionDef(
        "fit", "&Fit everything", "fit", ("F",), "timeline",
        "Show all samples of all series", scope="timeline", needs=("series",), section=True,
    ),
    ActionDef(
        "fit_values", "Fit &values", "fit-values", ("Shift+F",), "timeline",
        "Fit the value axes to what is visible; the time range stays", scope="timeline", needs=("series",),
    ),
    ActionDef(
        "zoom_in", "&Zoom in", "zoom-in", ("I", "+"), "timeline",
        "Show a shorter time", scope="timeline", needs=("series",), section=True,
    ),
    ActionDef(
        "zoom_out", "Zoom &out", "zoom-out", ("O", "-"), "timeline",
        "Show a longer time", scope="timeline", needs=("series",),
    ),
    ActionDef(
        "zoom_back", "Zoom &back", "zoom-back", ("Backspace",), "timeline",
        "Go back to the range that was visible before", scope="timeline", needs=("zoomed",),
    ),
    ActionDef(
        "zoom_forward", "Zoom for&ward", "zoom-forward", ("Shift+Backspace",), "timeline",
        "Undo the last step back", scope="timeline", needs=("unzoomed",),
    ),
    ActionDef(
        "previous_sample", "&Previous sample", "previous", ("Left",), "timeline",
        "Move the cursor to the sample before", scope="timeline", needs=("series",), section=True,
    ),
    ActionDef(
        "next_sample", "Ne&xt sample", "next", ("Right",), "timeline",
        "Move the cursor to the sample after", scope="timeline", needs=("series",),
    ),
    ActionDef(
        "pan_earlier", "Move &earlier", "earlier", ("Ctrl+Left",), "timeline",
        "Move along the time to earlier moments", scope="timeline", needs=("series",),
    ),
    ActionDef(
        "pan_later", "Move &later", "later", ("Ctrl+Right",), "timeline",
        "Move along the time to later moments", scope="timeline", needs=("series",),
    ),
    ActionDef(
        "range_day", "&Day", "calendar", ("1",), "timeline/range",
        "Show the day of the cursor, or the newest one in sight", scope="timeline", needs=("series", "moments"),
    ),
    ActionDef(
        "range_week", "&Week", "calendar", ("2",), "timeline/range",
        "Show the week of the cursor, from Monday on, or the newest one in sight", scope="timeline",
        needs=("series", "moments"),
    ),
    ActionDef(
        "range_month", "&Month", "calendar", ("3",), "timeline/range",
        "Show the month of the cursor, or the newest one in sight", scope="timeline", needs=("series", "moments"),
    ),
    ActionDef(
        "range_whole", "Whole &time", "calendar", ("0", "Home"), "timeline/range",
        "Show the whole time; the value axes stay as they are", scope="timeline", needs=("series",),
    ),
    ActionDef(
        "page_earlier", "&Earlier", "earlier", ("PgUp",), "timeline/range",
        "Show the day, week or month before, or as much time as is in sight before it", scope="timeline",
        needs=("series",), section=True,
    ),
    ActionDef(
        "page_later", "&Later", "later", ("PgDown",), "timeline/range",
        "Show the day, week or month after, or as much time as is in sight after it", scope="timeline",
        needs=("series",),
    ),
    ActionDef(
        "go_to_time", "&Go to a time…", "clock", ("Ctrl+G", "Shift+G"), "timeline/range",
        "Type a moment, a day, a week, a month or a range of time, and be there", scope="timeline",
        needs=("series", "moments"), section=True,
    ),
    ActionDef(
        "previous_change", "Previous &change of value", "earlier", ("Alt+Left",), "timeline/jump",
        "Move the cursor to where the selected series took another value before", scope="timeline", needs=("series",),
    ),
    ActionDef(
        "next_change", "Next c&hange of value", "later", ("Alt+Right",), "timeline/jump",
        "Move the cursor to where the selected series take another value next", scope="timeline", needs=("series",),
    ),
    ActionDef(
        "previous_gap", "Previous &gap", "earlier", (",",), "timeline/jump",
        "Move the cursor to the last sample before the gap before", scope="timeline", needs=("series",), section=True,
    ),
    ActionDef(
        "next_gap", "Next g&ap", "later", (".",), "timeline/jump",
        "Move the cursor to the last sample before the next gap", scope="timeline", needs=("series",),
    ),
    ActionDef(
        "previous_failure", "Previous &failure", "earlier", ("Shift+J",), "timeline/jump",
        "Move the cursor to the failure before", scope="timeline", needs=("series",), section=True,
    ),
    ActionDef(
        "next_failure", "Next fa&ilure", "later", ("J",), "timeline/jump",
        "Move the cursor to the next failure", scope="timeline", needs=("series",),
    ),
    ActionDef(
        "previous_unit_change", "Previous change of &unit", "earlier", ("Shift+K",), "timeline/jump",
        "Move the cursor to where the unit that is sent changed before", scope="timeline", needs=("series",),
        section=True,
    ),
    ActionDef(
        "next_unit_change", "Next change of u&nit", "later", ("K",), "timeline/jump",
        "Move the cursor to where the unit that is sent changes next", scope="timeline", needs=("series",),
    ),
    ActionDef(
        "previous_bookmark", "Previous &bookmark", "earlier", ("Alt+Shift+I",), "timeline/jump",
        "Move the cursor to the bookmark before", scope="timeline", needs=("series", "moments", "bookmarks"),
        section=True,
    ),
    ActionDef(
        "next_bookmark", "Next boo&kmark", "later", ("Alt+I",), "timeline/jump",
        "Move the cursor to the next bookmark", scope="timeline", needs=("series", "moments", "bookmarks"),
    ),
    ActionDef(
        "add_bookmark", "&Add a bookmark…", "bookmark", ("Ctrl+I",), "timeline/bookmarks",
        "Mark the region, or without one the moment of the cursor, with a text to find it again", scope="timeline",
        needs=("series", "moments"),
    ),
    ActionDef(
        "bookmarks", "&Manage bookmarks…", "settings", ("Ctrl+Shift+I",), "timeline/bookmarks",
        "Go to bookmarks, write them anew and remove them", scope="timeline", needs=("bookmarks",),
    ),
    ActionDef(
        "copy_bookmarks", "&Copy bookmarks", "copy", (), "timeline/bookmarks",
        "Put the times and texts of all bookmarks on the clipboard", needs=("bookmarks",),
    ),
    ActionDef(
        "mark_region", "&Mark a region", "region", ("R",), "timeline/region",
        "Begin a region at the cursor and end it where the cursor goes next; the same again takes it away",
        scope="timeline", needs=("series",),
    ),
    ActionDef(
        "zoom_to_region", "&Zoom to the region", "zoom-in", ("X",), "timeline/region",
        "Show the time of the region", scope="timeline", needs=("region",),
    ),
    ActionDef(
        "remove_region", "&Remove the region", "remove", ("Shift+R",), "timeline/region",
        "Take the region away", scope="timeline", needs=("region",),
    ),
    ActionDef(
        "align_absolute", "On &time", "clock", ("T",), "timeline/align",
        "Show every sample at its time, which is the same for all vehicles", scope="timeline", needs=("series",),
        checkable=True, checked=True, group="alignment",
    ),
    ActionDef(
        "align_first_sample", "On &first sample", "align", ("Shift+T",), "timeline/align",
        "Count each vehicle's times from its first sample on the timeline", scope="timeline", needs=("series",),
        checkable=True, group="alignment",
    ),
    ActionDef(
        "align_time_of_day", "On time of &day", "days", ("Ctrl+T",), "timeline/align",
        "Draw the days in sight over each other, each at its local time of day", scope="timeline", needs=("series",),
        checkable=True, group="alignment",
    ),
    ActionDef(
        "show_message", "Show &message", "message", ("Return", "Enter"), "timeline",
        "Show the message of the sample at the cursor", scope="timeline", needs=("readable", "series"),
    ),
    ActionDef(
        "release_cursor", "Let the c&ursor go", "unpin", ("Esc",), "timeline",
        "End a drag without effect, else let a pinned cursor follow the mouse again, else take the region away",
        scope="timeline", needs=("series",),
    ),
    ActionDef(
        "toggle_series", "&Hide or show selected series", "hide", ("Space",), "timeline",
        "Hide the series selected in the legend, or show them where all are hidden", scope="legend", needs=("series",),
    ),
    ActionDef(
        "plot_up", "Move plot &up", "up", ("Alt+Up",), "timeline/plots",
        "Move the plot of the selected series up", scope="timeline", needs=("series",),
    ),
    ActionDef(
        "plot_down", "Move plot &down", "down", ("Alt+Down",), "timeline/plots",
        "Move the plot of the selected series down", scope="timeline", needs=("series",),
    ),
    ActionDef(
        "fill_plot", "&Fill the timeline", "fill", ("M",), "timeline/plots",
        "Give the plot of the selected series all the room; the same again shows all plots",
        scope="timeline", needs=("series",),
    ),
    ActionDef(
        "equal_heights", "&Equal heights", "equal", ("Shift+E",), "timeline/plots",
        "Make all plots equally high", scope="timeline", needs=("series",),
    ),
    ActionDef(
        "merge_plots", "&Merge all into one plot", "join", ("Shift+M",), "timeline/plots",
        "Put every series into one plot, each unit on an axis of its own",
        scope="timeline", needs=("series",), section=True,
    ),
    ActionDef(
        "plots_by_unit", "&One plot a unit", "units", ("Shift+U",), "timeline/plots",
        "Give each unit a plot, and the states one below", scope="timeline", needs=("series",),
    ),
    ActionDef(
        "to_new_plot", "Move to &new plot", "expand", ("N",), "timeline/plots",
        "Move the series selected in the legend into a plot of their own",
        scope="timeline", needs=("selected",), section=True,
    ),
    ActionDef(
        "to_plot_above", "Move to plot &above", "up", ("Alt+PgUp",), "timeline/plots",
        "Move the series selected in the legend into the plot above", scope="timeline", needs=("selected",),
    ),
    ActionDef(
        "to_plot_below", "Move to plot &below", "down", ("Alt+PgDown",), "timeline/plots",
        "Move the series selected in the legend into the plot below", scope="timeline", needs=("selected",),
    ),
    ActionDef(
        "next_color", "Next &colour", "theme", ("C",), "timeline/look",
        "Give the series selected in the legend the next colour", scope="timeline", needs=("selected",),
    ),
    ActionDef(
        "next_width", "Next &width", "width", ("W",), "timeline/look",
        "Draw the series selected in the legend wider, after the widest as usual again",
        scope="timeline", needs=("selected",),
    ),
    ActionDef(
        "next_shape", "Next &style", "chart", ("S",), "timeline/look",
        "Draw the series selected in the legend as steps, as a line or as points",
        scope="timeline", needs=("selected",),
    ),
)  # fmt: skip
