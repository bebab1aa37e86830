"""What the tests of loading need from the system."""

from __future__ import annotations

import subprocess

_MOUNT = ["unshare", "--user", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]


def _may_mount() -> bool:
    try:
        return subprocess.run(_MOUNT, capture_output=True, check=False, timeout=20).returncode == 0
    except OSError:
        return False


# A small disk of its own takes a namespace of its own, which some systems give to nobody. That a full disk is said and
# loses nothing is also tested without one, by writes that fail, in tests/core/archive.
collect_ignore = [] if _may_mount() else ["test_disk_full.py"]
