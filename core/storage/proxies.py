"""Proxies of the environment or the system, the same for boto3 and obstore.

Alone, boto3 knows no ranges such as 10.0.0.0/8 in NO_PROXY, and obstore no ports and no ``*``: one would go through the
proxy and the other past it.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

if TYPE_CHECKING:
    from obstore.store import ClientConfig


def proxy_for(url: str) -> str:
    """The proxy through which an address is asked; empty for none.

    HTTP_PROXY, HTTPS_PROXY and NO_PROXY are read as the AWS CLI reads them, and ranges of addresses in NO_PROXY too.
    """
    parts = urlsplit(url)
    proxies = getproxies()
    proxy = proxies.get(parts.scheme, "")
    if not proxy or proxy_bypass(parts.netloc) or _in_range(parts.hostname or "", proxies.get("no", "")):
        return ""
    return proxy if "://" in proxy else f"http://{proxy.removeprefix('//')}"


def store_proxy(url: str) -> ClientConfig:
    """What makes obstore go to an address by the way that :func:`proxy_for` says."""
    proxy = proxy_for(url)
    if proxy:
        return {"proxy_url": proxy}
    if getproxies():
        # Only a proxy of its own keeps obstore from reading the environment, and this one is for no host it asks.
        return {"proxy_url": "http://127.0.0.1:9", "proxy_excludes": urlsplit(url).hostname or ""}
    return {}


def _in_range(host: str, excluded: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    for entry in excluded.split(","):
        try:
            if "/" in entry and address in ipaddress.ip_network(entry.strip(), strict=False):
                return True
        except ValueError:
            continue
    return False
