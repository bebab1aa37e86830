"""Errors that a person reads.

The tree::

    OdographError
    ├── UsageError                 wrong words on the command line or in a dialog
    ├── SourceError                the place where batches lie
    │   ├── SourceNotFound         no such folder, bucket or prefix
    │   ├── ObjectNotFound         an object that was listed is gone
    │   ├── AccessDenied           credentials are known but lack a permission
    │   │   └── FolderUnreadable   one folder of a source may not be read; the others may
    │   ├── CredentialsMissing     no credentials, unknown profile
    │   │   └── KeysNeeded         access keys that a person has to enter
    │   ├── CredentialsRejected    wrong or expired keys
    │   │   └── SignInNeeded       the session of a profile with single sign-on has ended or was never begun
    │   ├── WrongRegion            the bucket lies in another region
    │   ├── SourceUnreachable      no network, no such host, refused, TLS, timeout
    │   └── SourceBusy             throttled; trying again later helps
    ├── BatchUnreadable            one object is no batch
    ├── ArchiveError               the local archive cannot be read or written
    │   ├── ArchiveBusy            another process kept committing first
    │   └── ArchiveDamaged         one of its files is missing or damaged; verifying and repairing helps
    ├── DiskFull                   no room for the archive or an export
    └── ExportError                an export could not be written

Every error carries a title (what happened), the object it happened to and a hint (what to do). Cancelling is no
error: :class:`core.jobs.JobCancelled` stands outside this tree.
"""

from __future__ import annotations

import errno

# ERROR_HANDLE_DISK_FULL and ERROR_DISK_FULL of Windows.
_WINDOWS_DISK_FULL = frozenset({39, 112})


class OdographError(Exception):
    """What happened, to which object, and what to do.

    Attributes:
        title: one sentence without a full stop: what happened.
        subject: the object it happened to (an address, a key, a path); may be empty.
        hint: what the reader can do about it; may be empty.
        detail: the original message for bug reports; may be empty. Never contains a secret.
    """

    def __init__(self, title: str, *, subject: str = "", hint: str = "", detail: str = "") -> None:
        super().__init__(title)
        self.title = title
        self.subject = subject
        self.hint = hint
        self.detail = detail

    def __str__(self) -> str:
        """One line: title, subject and hint."""
        text = f"{self.title}: {self.subject}" if self.subject else self.title
        return f"{text}. {self.hint}" if self.hint else text

    def report(self) -> str:
        """Everything there is to know, line by line, for copying."""
        lines = [
            f"{type(self).__name__}: {self.title}",
            f"Object: {self.subject}" if self.subject else "",
            f"What to do: {self.hint}" if self.hint else "",
            f"Detail: {self.detail}" if self.detail else "",
        ]
        return "\n".join(line for line in lines if line)


class UsageError(OdographError):
    """Wrong words on the command line or in a dialog."""


class SourceError(OdographError):
    """A source cannot be used.

    Attributes:
        passing: whether it may pass by itself, so that trying again soon makes sense.
    """

    passing = False


class SourceNotFound(SourceError):
    """There is no such folder, bucket or prefix."""


class ObjectNotFound(SourceError):
    """An object that was listed is gone."""


class AccessDenied(SourceError):
    """The credentials are known to the server but lack a permission.

    Attributes:
        action, resource: what is not allowed, and on what, as policies name them; empty where it is another reason
            that keeps from reading.
    """

    action = ""
    resource = ""


class FolderUnreadable(AccessDenied):
    """One folder of a source may not be read and is left out; the others are read."""


class CredentialsMissing(SourceError):
    """No credentials were found, or the named profile does not exist."""


class KeysNeeded(CredentialsMissing):
    """Access keys are not in the system's keyring, and have to be entered.

    Attributes:
        keys: the name under which :mod:`core.storage.access_keys` is asked for them.
    """

    def __init__(self, title: str, *, subject: str = "", hint: str = "", detail: str = "", keys: str = "") -> None:
        super().__init__(title, subject=subject, hint=hint, detail=detail)
        self.keys = keys


class CredentialsRejected(SourceError):
    """The server does not accept these credentials, or they have expired."""


class SignInNeeded(CredentialsRejected):
    """A profile with single sign-on has no session, or one that has ended; signing in helps.

    Attributes:
        profile: the profile that was used; empty for the default one.
    """

    def __init__(self, title: str, *, subject: str = "", hint: str = "", detail: str = "", profile: str = "") -> None:
        super().__init__(title, subject=subject, hint=hint, detail=detail)
        self.profile = profile


class WrongRegion(SourceError):
    """The bucket lies in another region.

    Attributes:
        region: where the bucket lies, if the server said so.
    """

    def __init__(self, title: str, *, subject: str = "", hint: str = "", detail: str = "", region: str = "") -> None:
        super().__init__(title, subject=subject, hint=hint, detail=detail)
        self.region = region


class SourceUnreachable(SourceError):
    """The server cannot be reached: no network, no such host, refused, TLS or timeout."""


class SourceBusy(SourceError):
    """The server asks to slow down."""


class BatchUnreadable(OdographError):
    """An object is no batch."""


class ArchiveError(OdographError):
    """The archive cannot be read or written."""


class ArchiveBusy(ArchiveError):
    """Other processes kept committing to the archive first."""


class ArchiveDamaged(ArchiveError):
    """A file of the archive is missing or damaged; what it held can be forgotten and loaded again."""


class DiskFull(OdographError):
    """There is no room left on the disk."""


class ExportError(OdographError):
    """An export could not be written."""


def is_disk_full(error: OSError) -> bool:
    """Whether an operation failed because no room is left: a full disk or an exhausted quota."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT) or getattr(error, "winerror", None) in _WINDOWS_DISK_FULL


FORBIDDEN_HINT = "Check who owns this folder, or set ODOGRAPH_HOME to a folder of yours."
"""What to do where a folder of the program's own may not be read or written."""


def is_forbidden(error: OSError) -> bool:
    """Whether an operation is not allowed: a missing permission, or a disk that can only be read."""
    return isinstance(error, PermissionError) or error.errno == errno.EROFS
