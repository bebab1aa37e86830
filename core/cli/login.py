"""The command that signs in: login."""

from __future__ import annotations

import os
import sys
import webbrowser
from typing import TYPE_CHECKING

from core.storage.sso import Prompt, sign_in
from core.storage.sso_config import single_sign_on
from core.texts import duration_text

if TYPE_CHECKING:
    import argparse

    from core.cli.console import Console
    from core.jobs import JobContext


def login(words: argparse.Namespace, console: Console, ctx: JobContext) -> int:
    """Sign in to the single sign-on of a profile, and wait until it is confirmed in the browser."""
    profile = single_sign_on(words.profile).profile

    def tell(prompt: Prompt) -> None:
        opened = not words.no_browser and _open(prompt.address)
        console.warn(_text(prompt, opened=opened))

    sign_in(profile, ctx, tell, coded=not words.redirect)
    console.say(f"Signed in with the profile {profile}")
    return 0


def _text(prompt: Prompt, *, opened: bool) -> str:
    """What a person has to do; to be read even when quiet."""
    start = "The browser was opened. If it shows nothing, open this page" if opened else "Open this page in a browser"
    if not prompt.code:
        return f"{start} on this computer:\n\n  {prompt.address}\n"
    there = f"and confirm within {duration_text(prompt.seconds)} that it shows this code:"
    return f"{start}, on any device:\n\n  {prompt.address}\n\n{there}\n\n  {prompt.code}\n"


def _open(address: str) -> bool:
    """Open the browser; not where there would only be one in the terminal, which it would take over."""
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return False
    try:
        return webbrowser.open(address)
    except webbrowser.Error:
        return False
