"""Commands that open sources, load batches and take what is shown elsewhere: the menus File, Edit and Batches."""

from __future__ import annotations

from gui.actions.definitions import ActionDef

SOURCE_ACTIONS: tuple[ActionDef, ...] = (
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
)  # fmt: skip
