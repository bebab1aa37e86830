"""The one place where sessions with AWS, or with what speaks like it, are made.

boto3 finds the profile, credentials, endpoint and region exactly as the AWS CLI does, unless a connection brings access
keys of its own. Everything that asks a server takes its clients from here, whether it browses, sets up, signs in or
tests, so that certificates, proxies, addressing and time limits are the same everywhere.
"""

from __future__ import annotations

import contextlib
import os
import ssl
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import ConfigParseError, NoCredentialsError
from botocore.loaders import create_loader
from obstore.auth.boto3 import Boto3CredentialProvider

from core.connections import Addressing
from core.errors import KeysNeeded, OdographError, UsageError
from core.jobs import JobCancelled
from core.storage import access_keys
from core.storage.parallel import call
from core.storage.profiles import broken_configuration
from core.storage.proxies import proxy_for
from core.storage.s3_errors import Place, to_error

if TYPE_CHECKING:
    from mypy_boto3_iam.client import IAMClient
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_sso.client import SSOClient
    from mypy_boto3_sso_oidc.client import SSOOIDCClient
    from mypy_boto3_sts.client import STSClient
    from obstore.store import S3Credential

    from core.connections import S3Options
    from core.jobs import JobContext
    from core.storage.access_keys import AccessKeys

Service = Literal["s3", "sts", "iam", "sso", "sso-oidc"]

FIRST_REGION = "us-east-1"  # asked first where nothing names a region; it knows of every bucket
# Seconds for a profile's own program, role or metadata service, or for a person who unlocks a keyring.
_CREDENTIALS = 60.0
# obstore asks again for credentials as soon as they have less than 5 minutes to live. With 6 it looks every minute
# whether boto3 has fresh ones, which costs nothing and never outlives a short session.
_CREDENTIALS_LIFE = timedelta(minutes=6)
# These belong to AWS alone, whatever server the bucket lies on.
_OF_AWS = frozenset({"sso", "sso-oidc"})
# Reading the description of S3 takes longer than all the rest of connecting: it is kept for the next time.
_LOADER = create_loader()


class Credentials(Boto3CredentialProvider):
    """boto3's credentials for obstore, fresh whenever boto3 refreshes them.

    Attributes:
        failure: why the last attempt brought none; obstore keeps only its text.
    """

    def __init__(self, session: boto3.session.Session) -> None:
        super().__init__(session, ttl=_CREDENTIALS_LIFE)
        self.config = {}  # the session's region need not be the bucket's
        self.failure: Exception | None = None

    def __call__(self) -> S3Credential:
        try:
            credential = super().__call__()
        except Exception as exc:
            self.failure = exc
            raise
        self.failure = None
        return credential


@dataclass(frozen=True, slots=True)
class AwsSession:
    """What clients are made of. Thread-safe, but for making clients.

    Attributes:
        options: how the bucket is reached.
        profiles: the names of the profiles that exist.
        region: the one that the options or the AWS configuration name; may be empty.
        ca_file: the certificates by which servers are trusted, of the options or the AWS configuration; empty for the
            usual ones.
        boto: the session of boto3.
        core: the session of botocore that it is made of.
    """

    options: S3Options
    profiles: tuple[str, ...]
    region: str
    ca_file: str
    boto: boto3.session.Session
    core: botocore.session.Session

    @overload
    def client(self, service: Literal["s3"], region: str = "") -> S3Client: ...
    @overload
    def client(self, service: Literal["sts"], region: str = "") -> STSClient: ...
    @overload
    def client(self, service: Literal["iam"], region: str = "") -> IAMClient: ...
    @overload
    def client(self, service: Literal["sso"], region: str = "") -> SSOClient: ...
    @overload
    def client(self, service: Literal["sso-oidc"], region: str = "") -> SSOOIDCClient: ...

    def client(self, service: Service, region: str = "") -> Any:
        """A client of one service, with the server, addressing, certificates and time limits of this session.

        Args:
            service: where the options name a server, ``s3``, ``sts`` and ``iam`` are asked there.
            region: another one than the session's.
        """
        options = self.options
        endpoint = options.endpoint_url if service not in _OF_AWS else ""
        style = {"addressing_style": options.addressing.value}
        config = Config(
            connect_timeout=4,
            read_timeout=15,
            retries={"mode": "standard", "total_max_attempts": 2},
            # boto3 reads the environment itself, but for ranges of addresses that go past the proxy.
            proxies={} if endpoint and not proxy_for(endpoint) else None,
            # Left out, the AWS configuration has its say.
            s3=None if options.addressing is Addressing.AUTO else style,  # type: ignore[arg-type]
        )
        return self.boto.client(
            service,
            region_name=region or self.region or FIRST_REGION,
            endpoint_url=endpoint or None,
            verify=self.ca_file or None,
            config=config,
        )

    def credentials(self, ctx: JobContext | None) -> Credentials:
        """The credentials, found now if they were not before.

        Raises:
            KeysNeeded: the options name access keys that are neither in the keyring nor in memory.
            JobCancelled, TimeoutError, and whatever botocore raises; :func:`core.storage.s3_errors.to_error` tells it.
        """
        if self.options.keys:
            keys = _find_keys(self.options.keys, ctx)
            self.core.set_credentials(keys.key_id, keys.secret, keys.token or None)
        return call(partial(_find_credentials, self.boto), ctx, _CREDENTIALS)


def open_session(
    options: S3Options, ctx: JobContext | None = None, *, place: Place | None = None, credentials: bool = True
) -> AwsSession:
    """Read the AWS configuration and find credentials. For a job: programs, roles and metadata services take time.

    Args:
        options: how the bucket is reached.
        ctx: to cancel with.
        place: what is going to be done, for the wording of an error.
        credentials: False where none are needed, such as for signing in; then nothing but files is asked.

    Raises:
        SourceError: see :mod:`core.storage.s3_errors`. KeysNeeded where the options name access keys that are not kept.
        UsageError: the file of certificates cannot be used.
    """
    place = place or Place(
        "", profile=options.profile, region=options.region, endpoint=options.endpoint_url, keys=options.keys
    )
    try:
        core_session = botocore.session.Session(profile=options.profile or None)
        place = replace(place, profiles=tuple(sorted(core_session.available_profiles)))
        core_session.register_component("data_loader", _LOADER)
        # Not Path.expanduser, which raises for an unknown user.
        ca_file = os.path.expanduser(options.ca_file or core_session.get_config_variable("ca_bundle") or "")  # noqa: PTH111
        if ca_file:
            check_certificates(ca_file)
        boto = boto3.Session(botocore_session=core_session, region_name=options.region or None)
        _LOADER.search_paths[:] = dict.fromkeys(_LOADER.search_paths)  # each session adds its own again
        session = AwsSession(options, tuple(place.profiles), boto.region_name or "", ca_file, boto, core_session)
        if credentials:
            session.credentials(ctx)
    except (OdographError, JobCancelled):
        raise
    except ConfigParseError as exc:
        raise broken_configuration(exc) from None
    except Exception as exc:
        raise to_error(exc, place) from exc
    return session


def check_certificates(file: str) -> None:
    """Make sure that a file holds certificates.

    Raises:
        UsageError: it cannot be read, or holds none.
    """
    hint = "Choose a file of certificates in PEM form: text with lines that say BEGIN CERTIFICATE."
    try:
        if b"-----BEGIN CERTIFICATE-----" not in Path(file).read_bytes():
            raise UsageError("The file holds no certificate", subject=file, hint=hint)
        ssl.create_default_context(cafile=file)
    except OSError as exc:  # ssl's errors are such too
        broken = isinstance(exc, ssl.SSLError)
        title = "The certificates in the file cannot be used" if broken else "The file of certificates cannot be read"
        raise UsageError(title, subject=file, hint=hint if broken else "Check the path.", detail=str(exc)) from exc


def _find_keys(name: str, ctx: JobContext | None) -> AccessKeys:
    with contextlib.suppress(TimeoutError):  # a keyring that nobody has unlocked has none
        keys = call(partial(access_keys.find, name), ctx, _CREDENTIALS)
        if keys is not None:
            return keys
    raise KeysNeeded(
        "The access keys have to be entered",
        subject=name,
        hint="They are not in this computer's keyring. Edit the connection and enter them there.",
        keys=name,
    )


def _find_credentials(session: boto3.session.Session) -> Credentials:
    # Asking twice is cheap: the session keeps what it found.
    if session.get_credentials() is None:
        raise NoCredentialsError
    credentials = Credentials(session)
    credentials()
    return credentials
