"""Commands of how things are shown, and help: the menus View and Help."""

from __future__ import annotations

from gui.actions.definitions import ActionDef

VIEW_ACTIONS: tuple[ActionDef, ...] = (
    ActionDef(
        "palette", "&Commands…", "palette", ("Ctrl+K",), "view",
        "Find and run any command, vehicle, property, bookmark or recent source by its name",
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
