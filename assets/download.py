"""A file from a provider's address: over https alone, tried again where that may help, within a time and a size."""

from __future__ import annotations

import time
from pathlib import Path

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

LONGEST_S = 300.0
"""From the first word to the last byte."""
LARGEST_BYTES = 500_000_000
_SILENCE_S = (10.0, 60.0)  # to connect, between two pieces
_PIECE_BYTES = 1 << 20
_AGAIN = Retry(total=3, backoff_factor=1, status_forcelist=(429, 500, 502, 503, 504), respect_retry_after_header=False)


class NotFetched(Exception):
    """Why a file could not be fetched; the message is shown as the reason."""


def https_session(retry: Retry = _AGAIN) -> requests.Session:
    """A session that knows no other scheme than https, after a redirection neither."""
    session = requests.Session()
    session.adapters.clear()
    session.mount("https://", HTTPAdapter(max_retries=retry))
    return session


def fetch(
    address: str,
    target: Path,
    session: requests.Session,
    largest_bytes: int = LARGEST_BYTES,
    longest_s: float = LONGEST_S,
) -> None:
    """Writes what `address` gives to `target`. Raises NotFetched; `target` may then hold a part of it."""
    until = time.monotonic() + longest_s
    try:
        with session.get(address, stream=True, timeout=_SILENCE_S) as answer:
            if answer.status_code != requests.codes.ok:
                raise NotFetched(f"the provider answered with status {answer.status_code}")
            n_bytes = 0
            with target.open("wb") as file:
                for piece in answer.iter_content(_PIECE_BYTES):
                    n_bytes += len(piece)
                    if n_bytes > largest_bytes:
                        raise NotFetched(f"the file is larger than {largest_bytes / 1e6:,.0f} MB")
                    if time.monotonic() > until:
                        raise NotFetched(f"the provider did not finish within {longest_s:,.0f} s")
                    file.write(piece)
    except requests.exceptions.InvalidSchema as error:
        raise NotFetched("the provider's address is not https, or leads to one that is not") from error
    except requests.RequestException as error:
        raise NotFetched(f"the provider could not be reached ({type(error).__name__})") from error
