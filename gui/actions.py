"""Every command of the window, in one table: menus, tool bar, shortcuts and the sheet of shortcuts come from it.

A behaviour that is not in the table cannot be bound to a key.
"""

from __future__ import annotations

from dataclasses import dataclass

# Where shortcuts apply: in the whole window, or only while the named part has the keyboard's focus. Single letters
# belong to a part, so that they cannot be hit by accident.
SCOPES = {"window": "Everywhere", "timeline": "In the timeline", "legend": "In the legend"}

# The parts inside of which others lie: their shortcuts apply there too.
_AROUND = {"timeline": "window", "legend": "timeline"}

# The state that commands need, as ActionSet.set_state() is told, and what to do where it is missing. Of several needs
# that are missing, the first one here is told.
NEEDS = {
    "source": "Open a bucket or a folder first",
    "listable": "The credentials may not list this source",
    "readable": "The credentials may not read what lies in this source",
    "days": "Select days in the batch tree that are not loaded yet",
    "properties": "Select properties in the Properties panel first",
    "series": "Put a series on the timeline first",
    "jobs": "Nothing is running",
    "moments": "Align on time first: where times are counted from first samples there is no calendar",
    "zoomed": "The timeline has not been moved yet",
    "unzoomed": "There is no step back to undo",
    "selected": "Select series in the legend first",
    "vehicles": "Select vehicles in the Vehicles panel first",
    "undoable": "Nothing was changed yet",
    "redoable": "Nothing was taken back",
    "region": "Mark a region of the timeline first",
}


@dataclass(frozen=True, slots=True)
class MenuDef:
    """One menu.

    Attributes:
        path: how code names it; a path below another is a submenu.
        text: with a mnemonic.
        icon: of a submenu, a name of the theme's icons.
        before: the command above which a submenu stands; empty puts it at the end.
    """

    path: str
    text: str
    icon: str = ""
    before: str = ""


# In order. The window fills file/connections, file/recent and view/zone.
MENUS: tuple[MenuDef, ...] = (
    MenuDef("file", "&File"),
    MenuDef("file/connections", "Co&nnections", "bucket", before="export_csv"),
    MenuDef("file/recent", "Open &recent", "recent", before="export_csv"),
    MenuDef("file/workspace", "&Workspaces", "workspace", before="export_csv"),
    MenuDef("edit", "&Edit"),
    MenuDef("batches", "&Batches"),
    MenuDef("batches/watch", "Look for &new batches", "clock", before="load_days"),
    MenuDef("timeline", "&Timeline"),
    MenuDef("timeline/range", "&Time range", "calendar"),
    MenuDef("timeline/jump", "&Jump to", "next"),
    MenuDef("timeline/region", "Re&gion", "region"),
    MenuDef("timeline/align", "Al&ign", "align"),
    MenuDef("timeline/plots", "&Arrange plots", "panels"),
    MenuDef("timeline/look", "Loo&k of series", "look"),
    MenuDef("view", "&View"),
    MenuDef("view/panels", "&Panels", "panels"),
    MenuDef("view/zone", "Time &zone", "world"),
    MenuDef("view/units", "&Units", "units"),
    MenuDef("view/gaps", "&Gaps", "gaps"),
    MenuDef("view/theme", "&Theme", "theme"),
    MenuDef("help", "&Help"),
)

# The tool bar in order, with short texts; an empty pair is a line.
TOOL_BAR: tuple[tuple[str, str], ...] = (
    ("open_bucket", "Bucket"),
    ("open_folder", "Folder"),
    ("", ""),
    ("reload", "Reload"),
    ("load_days", "Load"),
    ("", ""),
    ("fit", "Fit"),
    ("zoom_back", "Back"),
    ("", ""),
    ("export_csv", "Export"),
)


@dataclass(frozen=True, slots=True)
class ActionDef:
    """One command.

    Attributes:
        id: how code names it.
        text: in menus, with a mnemonic; ``…`` at the end where it asks something first.
        icon: a name of the theme's icons.
        shortcuts: portable key sequences; the first one is shown.
        menu: a path of MENUS.
        tip: what it does, one sentence without a full stop.
        scope: where the shortcuts apply, a key of SCOPES.
        needs: the state without which it is disabled, names of NEEDS.
        section: whether a line stands above it in its menu.
        checkable: whether it is switched on and off.
        checked: whether it starts switched on.
        group: of the commands of a group one is on.
    """

    id: str
    text: str
    icon: str
    shortcuts: tuple[str, ...]
    menu: str
    tip: str
    scope: str = "window"
    needs: tuple[str, ...] = ()
    section: bool = False
    checkable: bool = False
    checked: bool = False
    group: str = ""

    @property
    def name(self) -> str:
        """The text without its mnemonic."""
        return self.text.replace("&", "")

    @property
    def full_name(self) -> str:
        """What it is called outside its menu, where the name of what is switched on and off tells nothing."""
        return self.tip if self.checkable else self.name.rstrip("…")


def overlap(scope: str, other: str) -> bool:
    """Whether a key of one scope is heard where one of another is."""
    return _is_in(scope, other) or _is_in(other, scope)


def _is_in(scope: str, around: str) -> bool:
    while scope != around and scope in _AROUND:
        scope = _AROUND[scope]
    return scope == around


def menu_path(definition: ActionDef) -> str:
    """Where a command stands in the menus: ``View › Units``."""
    texts = {menu.path: menu.text.replace("&", "") for menu in MENUS}
    parts = definition.menu.split("/")
    return " › ".join(texts["/".join(parts[: end + 1])] for end in range(len(parts)))


ACTIONS: tuple[ActionDef, ...] = (
    ActionDef(
        "open_bucket", "Connect to a &bucket…", "bucket", ("Ctrl+Shift+O",), "file",
        "Connect to an S3 bucket into which batches are delivered",
    ),
    ActionDef(
        "open_folder", "&Open a folder…", "open-folder", ("Ctrl+O",), "file",
        "Open a folder with the same layout as a bucket",
    ),
    ActionDef(
        "go_to_address", "&Go to an address…", "next", ("Ctrl+L",), "file",
        "Go to an s3:// address, a page of the AWS console, a folder or a batch’s key",
    ),
    ActionDef(
        "open_demo", "Try the &demo fleet", "demo", (), "file",
        "Open a simulated fleet of 12 vehicles over 30 days",
    ),
    ActionDef(
        "connections", "&Manage connections…", "settings", ("Ctrl+Shift+B",), "file/connections",
        "Open, edit, copy, remove, import and export saved connections",
    ),
    ActionDef(
        "workspace_save", "&Save workspace", "workspace", ("Ctrl+S",), "file/workspace",
        "Save what is open and how it is shown under its name, or ask for one", needs=("source",),
    ),
    ActionDef(
        "workspace_save_as", "Save workspace &as…", "workspace", ("Ctrl+Shift+S",), "file/workspace",
        "Save what is open and how it is shown under a name", needs=("source",),
    ),
    ActionDef(
        "workspaces", "&Manage workspaces…", "settings", ("Ctrl+Shift+W",), "file/workspace",
        "Open, rename, delete, import and export workspaces",
    ),
    ActionDef(
        "workspace_vehicles", "Show for selected &vehicles", "vehicles", ("Ctrl+Shift+V",), "file/workspace",
        "Show the same series of the vehicles selected in the Vehicles panel, in the same places and looks",
        needs=("series", "vehicles"), section=True,
    ),
    ActionDef(
        "export_csv", "&Export to CSV…", "export", ("Ctrl+E",), "file",
        "Write the series on the timeline into a CSV file", needs=("series",), section=True,
    ),
    ActionDef(
        "picture_save", "Save a &picture…", "picture", ("Ctrl+Shift+P",), "file",
        "Save what the timeline shows as a picture, in pixels or as a drawing", needs=("series",),
    ),
    ActionDef(
        "picture_copy", "Copy as p&icture", "copy", ("Ctrl+Shift+C",), "file",
        "Put a picture of what the timeline shows on the clipboard", needs=("series",),
    ),
    ActionDef(
        "check_bucket", "Chec&k delivery of a bucket…", "ok", (), "file",
        "Tell whether delivery into a bucket can work, what is worth a look and what cannot be read", section=True,
    ),
    ActionDef(
        "set_up_bucket", "Set &up a bucket…", "settings", (), "file",
        "Plan a bucket that the platform may deliver into, and set it up once the plan was seen",
    ),
    ActionDef(
        "analyst_policy", "Polic&y for an analyst…", "look", (), "file",
        "Show the least policy with which somebody can read a bucket, for an administrator",
    ),
    ActionDef(
        "close_source", "&Close source", "close-source", ("Ctrl+W",), "file",
        "Close the source and go back to the welcome page", needs=("source",), section=True,
    ),
    ActionDef("quit", "&Quit", "quit", ("Ctrl+Q",), "file", "Close Odograph", section=True),
    ActionDef(
        "undo", "&Undo", "undo", ("Ctrl+Z",), "edit",
        "Take the last change of the timeline's series and plots back", needs=("undoable",),
    ),
    ActionDef(
        "redo", "&Redo", "redo", ("Ctrl+Shift+Z", "Ctrl+Y"), "edit",
        "Make the change again that was taken back last", needs=("redoable",),
    ),
    ActionDef(
        "paste_address", "Paste an &address", "next", ("Ctrl+V",), "edit",
        "Go to the address or the batch whose key is on the clipboard", section=True,
    ),
    ActionDef(
        "reload", "&Reload listing", "reload", ("F5", "Ctrl+R"), "batches",
        "List the source again and show new batches", needs=("source",), section=True,
    ),
    ActionDef(
        "watch_0", "&Never", "clock", (), "batches/watch",
        "Look for new batches only when the listing is reloaded", checkable=True, group="watch",
    ),
    ActionDef(
        "watch_1", "Every &minute", "clock", (), "batches/watch",
        "Look for new batches every minute and load them", checkable=True, checked=True, group="watch",
        needs=("listable", "readable"),
    ),
    ActionDef(
        "watch_5", "Every &5 minutes", "clock", (), "batches/watch",
        "Look for new batches every five minutes and load them", checkable=True, group="watch",
        needs=("listable", "readable"),
    ),
    ActionDef(
        "watch_15", "Every &15 minutes", "clock", (), "batches/watch",
        "Look for new batches every quarter of an hour and load them", checkable=True, group="watch",
        needs=("listable", "readable"),
    ),
    ActionDef(
        "load_days", "&Load selected days", "load", ("Ctrl+D",), "batches",
        "Read the batches of the days, months or levels selected in the batch tree into the archive",
        needs=("source", "readable", "days"), section=True,
    ),
    ActionDef(
        "load_range", "Load a r&ange of days…", "calendar", ("Ctrl+Shift+D",), "batches",
        "Read the batches between two days into the archive", needs=("source", "listable", "readable"),
    ),
    ActionDef(
        "load_all", "Load &everything", "load-all", (), "batches",
        "Read every batch of the source that is not in the archive yet", needs=("source", "listable", "readable"),
    ),
    ActionDef(
        "cancel_jobs", "&Cancel all jobs", "stop", ("Ctrl+.",), "batches",
        "Stop everything that is running; what is already in the archive stays", needs=("jobs",), section=True,
    ),
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
        "next_sample", "&Next sample", "next", ("Right",), "timeline",
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
        "palette", "&Commands…", "palette", ("Ctrl+K",), "view",
        "Find and run any command, vehicle, property or recent source by its name",
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
    ActionDef(
        "focus_filter", "&Filter", "filter", ("Ctrl+F", "/"), "view",
        "Go to the filter of the panel you are in", needs=("source",),
    ),
    ActionDef(
        "join_renamed", "&Join renamed properties", "join", ("Ctrl+J",), "view",
        "Show a renamed property, such as the odometer that was sent as mileage before, as one series",
        checkable=True, checked=True,
    ),
    ActionDef(
        "show_batches", "&Batches", "batch", ("Ctrl+1",), "view/panels",
        "Show or hide the batches", checkable=True, checked=True, needs=("source",),
    ),
    ActionDef(
        "show_vehicles", "&Vehicles", "vehicle", ("Ctrl+2",), "view/panels",
        "Show or hide the vehicles", checkable=True, checked=True, needs=("source",),
    ),
    ActionDef(
        "show_properties", "&Properties", "property", ("Ctrl+3",), "view/panels",
        "Show or hide the properties", checkable=True, checked=True, needs=("source",),
    ),
    ActionDef(
        "show_messages", "&Messages", "message", ("Ctrl+4",), "view/panels",
        "Show or hide the messages of the selected batch", checkable=True, checked=True, needs=("source",),
    ),
    ActionDef(
        "show_rejects", "&Rejects", "warning", ("Ctrl+5",), "view/panels",
        "Show or hide the messages that could not be read", checkable=True, checked=True, needs=("source",),
    ),
    ActionDef(
        "show_statistics", "S&tatistics", "statistics", ("Ctrl+6",), "view/panels",
        "Show or hide the statistics of the series on the timeline", checkable=True, checked=True, needs=("source",),
    ),
    ActionDef(
        "show_overview", "&Overview", "chart", ("Ctrl+7",), "view/panels",
        "Show or hide the overview of the whole time below the plots", checkable=True, checked=True, needs=("source",),
    ),
    ActionDef(
        "units_metric", "&Metric", "units", (), "view/units",
        "Show values in kilometers, liters, degrees Celsius", checkable=True, checked=True, group="units",
    ),
    ActionDef(
        "units_imperial", "&Imperial", "units", (), "view/units",
        "Show values in miles, US gallons, degrees Fahrenheit", checkable=True, group="units",
    ),
    ActionDef(
        "units_as_sent", "&As sent", "units", (), "view/units",
        "Show values in the unit in which each series was sent last", checkable=True, group="units",
    ),
    ActionDef(
        "gaps_1.5", "&1.5 times the usual interval", "gaps", (), "view/gaps",
        "Values count as known for 1.5 times the usual interval of their series", checkable=True, group="gaps",
    ),
    ActionDef(
        "gaps_2.5", "&2.5 times the usual interval", "gaps", (), "view/gaps",
        "Values count as known for 2.5 times the usual interval of their series", checkable=True, checked=True,
        group="gaps",
    ),
    ActionDef(
        "gaps_5", "&5 times the usual interval", "gaps", (), "view/gaps",
        "Values count as known for 5 times the usual interval of their series", checkable=True, group="gaps",
    ),
    ActionDef(
        "gaps_10", "1&0 times the usual interval", "gaps", (), "view/gaps",
        "Values count as known for 10 times the usual interval of their series", checkable=True, group="gaps",
    ),
    ActionDef(
        "gaps_0", "&Never", "gaps", (), "view/gaps",
        "Values count as known until the next sample, however late it comes", checkable=True, group="gaps",
    ),
    ActionDef(
        "theme_system", "As the de&sktop", "theme", (), "view/theme",
        "Light or dark as the desktop is", checkable=True, checked=True, group="theme",
    ),
    ActionDef("theme_light", "&Light", "sun", (), "view/theme", "Light colours", checkable=True, group="theme"),
    ActionDef("theme_dark", "&Dark", "moon", (), "view/theme", "Dark colours", checkable=True, group="theme"),
    ActionDef("shortcuts", "&Keyboard shortcuts", "keyboard", ("F1", "?"), "help", "Show every shortcut"),
    ActionDef(
        "about", "&About Odograph", "about", (), "help",
        "Version, licence, and where archives and logs lie",
    ),
)  # fmt: skip


# What the mouse and keys of lists do, which Qt or a view does without a command: place, gesture, what it does.
GESTURES: tuple[tuple[str, str, str], ...] = (
    ("In the timeline", "Wheel", "Zoom the time, or the value axis, around the pointer"),
    ("In the timeline", "Shift+Wheel", "Move along the time"),
    ("In the timeline", "Ctrl+Wheel, V+Wheel", "Zoom the values of the plot, the time stays"),
    ("In the timeline", "Ctrl+Shift+Wheel, B+Wheel", "Zoom both the time and the values of the plot"),
    ("In the timeline", "Drag in the overview", "Choose what is in sight; drag the brush or its edges to change it"),
    ("In the timeline", "Drag", "Move along the time"),
    ("In the timeline", "Shift+Drag", "Zoom into a rectangle"),
    ("In the timeline", "Alt+Drag", "Mark a region; drag its edges, or its length at the time axis to move it"),
    ("In the timeline", "Drag a plot's header", "Move the plot up or down"),
    ("In the timeline", "Drag the border of two plots", "Make one higher; a double-click makes all equally high"),
    ("In the timeline", "Double-click a plot's header", "Give the plot all the room, or take it away again"),
    ("In the timeline", "Drag from the legend or a lane's name", "Move series into a plot, or between two"),
    ("In the timeline", "Double-click", "Show everything; on a sample its message, on an axis fit the axis"),
    ("In lists", "Enter, double-click", "Open what is selected, or put it on the timeline"),
    ("In lists", "Ctrl+C", "Copy what is selected"),
    ("In lists", "Ctrl+F, /", "Go to the filter"),
)
