"""Who may see the page.

On 127.0.0.1 everybody on this machine may. Any other address asks for a secret. Pages of other
sites must not reach it through the visitor's own browser: not under a foreign name (DNS rebinding;
the ``Host`` header tells), not by a WebSocket from elsewhere (the ``Origin`` header tells).
"""

from __future__ import annotations

from dataclasses import dataclass
import hmac
import ipaddress
from pathlib import Path
import stat
from urllib.parse import urlsplit

LEAST_TOKEN = 16
_LOCAL_NAMES = ('localhost', '127.0.0.1', '::1')


class GuardError(ValueError):
    """A setting that would leave the page open to strangers; the text says the mend."""


def is_loopback(address: str) -> bool:
    """Say whether an address can be reached from this machine only."""
    if address == 'localhost':
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def read_token(path: str) -> str:
    """Give the secret that a file holds.

    Raises:
        GuardError: the file is readable by others, or its secret is too short to be one.
        OSError: the file cannot be read.
    """
    file = Path(path).expanduser()
    if file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise GuardError(f'token_file {file} can be read by others: chmod 600 {file}')
    token = file.read_text().strip()
    if len(token) < LEAST_TOKEN or not token.isascii() or not token.isalnum():
        raise GuardError(
            f'token_file {file} must hold {LEAST_TOKEN} or more letters and digits: '
            f'openssl rand -hex 24 > {file}'
        )
    return token


@dataclass(frozen=True)
class Guard:
    """Decides about requests; ``token`` is '' when none is asked for."""

    token: str = ''

    @staticmethod
    def make(address: str, token_file: str) -> Guard:
        """Make the guard that an address needs.

        Raises:
            GuardError: the address can be reached from other machines and there is no token.
            OSError: the token cannot be read.
        """
        if token_file:
            return Guard(read_token(token_file))
        if not is_loopback(address):
            raise GuardError(
                f'address {address} can be reached from other machines: set token_file to a file '
                f'with a secret (openssl rand -hex 24 > FILE; chmod 600 FILE)'
            )
        return Guard()

    def knows_host(self, host: str) -> bool:
        """Say whether a request came under a name of ours; a token makes every name good."""
        return bool(self.token) or _name(host) in _LOCAL_NAMES

    def knows_token(self, offered: str) -> bool:
        """Compare a secret in a time that tells nothing about it."""
        return not self.token or hmac.compare_digest(offered.encode(), self.token.encode())


def is_same_origin(origin: str, host: str) -> bool:
    """Say whether a WebSocket comes from the page itself; programs send no origin."""
    return not origin or urlsplit(origin).netloc == host


def _name(host: str) -> str:
    try:
        return urlsplit(f'//{host}').hostname or ''
    except ValueError:
        return ''
