"""What the AWS configuration says of a profile's single sign-on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import botocore.session

from core.errors import CredentialsMissing, UsageError
from core.storage.s3_errors import Place, to_error

if TYPE_CHECKING:
    from collections.abc import Mapping

_NEEDED = ("sso_start_url", "sso_region")


@dataclass(frozen=True, slots=True)
class SingleSignOn:
    """Where and as what a profile signs in.

    Attributes:
        profile: the profile that was asked for; its role may build on another profile, which signs in.
        start_url: the address of the company's access portal.
        region: where its directory lies.
        session: the name of the ``sso-session`` that several profiles may share; empty where the profile names the
            portal itself, as older ones do.
        scopes: what is asked for; empty for what the server gives.
    """

    profile: str
    start_url: str
    region: str
    session: str = ""
    scopes: tuple[str, ...] = ()

    @property
    def cached_as(self) -> str:
        """The text from which the name of the token's file is made: profiles of one session share it."""
        return self.session or self.start_url


def single_sign_on(profile: str = "") -> SingleSignOn:
    """Read how a profile signs in. Reads files alone, asks no server.

    Args:
        profile: empty for the one that the environment names, or ``default``.

    Raises:
        UsageError: the profile has no single sign-on.
        CredentialsMissing: there is no such profile, or the configuration cannot be used.
    """
    place = Place("", profile=profile)
    try:
        session = botocore.session.Session(profile=profile or None)
        name = session.profile or "default"
        place = Place("", profile=name, profiles=tuple(sorted(session.available_profiles)))
        # Raises where there is no such profile.
        session.get_scoped_config()
        config: dict[str, dict[str, dict[str, Any]]] = session.full_config
    except Exception as exc:
        error = to_error(exc, place)
        if not place.profiles:
            error.subject = profile
        raise error from exc
    profiles = config.get("profiles", {})
    signs_in = _who_signs_in(profiles, name)
    if signs_in is None:
        raise _none_there(name, profiles)
    chosen = profiles[signs_in]
    session_name = str(chosen.get("sso_session", ""))
    if session_name:
        sessions = config.get("sso_sessions", {})
        if session_name not in sessions:
            raise _broken(f"The profile “{signs_in}” names the sso-session “{session_name}”, which is not there")
        chosen = sessions[session_name]
    missing = [setting for setting in _NEEDED if not chosen.get(setting)]
    if missing:
        where = f"sso-session “{session_name}”" if session_name else f"profile “{signs_in}”"
        raise _broken(f"The {where} lacks {' and '.join(missing)}")
    scopes = tuple(scope.strip() for scope in str(chosen.get("sso_registration_scopes", "")).split(","))
    return SingleSignOn(
        name, str(chosen["sso_start_url"]), str(chosen["sso_region"]), session_name, tuple(filter(None, scopes))
    )


def _who_signs_in(profiles: Mapping[str, Mapping[str, Any]], name: str) -> str | None:
    """The profile with single sign-on that a profile is or builds on."""
    passed: set[str] = set()
    while name in profiles and name not in passed:
        passed.add(name)
        if "sso_session" in profiles[name] or "sso_start_url" in profiles[name]:
            return name
        name = str(profiles[name].get("source_profile", ""))
    return None


def _none_there(name: str, profiles: Mapping[str, Mapping[str, Any]]) -> UsageError:
    others = ", ".join(sorted(other for other in profiles if _who_signs_in(profiles, other) is not None))
    hint = f"These have it: {others}." if others else "Set it up with: aws configure sso."
    return UsageError("This profile has no single sign-on", subject=name, hint=hint)


def _broken(title: str) -> CredentialsMissing:
    return CredentialsMissing(title, hint="Correct it in the file config in the folder .aws of your home folder.")
