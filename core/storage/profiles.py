"""The profiles of the AWS configuration, as the AWS CLI finds them."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError
from botocore.session import Session

from core.errors import CredentialsMissing


def profiles() -> list[str]:
    """The names of the profiles that exist, ``default`` first, then by name. Reads files alone, asks no server.

    Raises:
        CredentialsMissing: the files config and credentials cannot be understood.
    """
    try:
        names = Session().available_profiles
    except (BotoCoreError, OSError, UnicodeDecodeError) as error:
        raise CredentialsMissing(
            "The AWS configuration cannot be read",
            subject=str(getattr(error, "kwargs", {}).get("path", "")),
            hint="Correct the files config and credentials in the folder .aws of your home folder.",
            detail=str(error),
        ) from error
    return sorted(names, key=lambda name: (name != "default", name.lower(), name))
