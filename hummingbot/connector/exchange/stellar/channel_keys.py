"""The file with the keys of channel accounts: a secret key a line, for its owner's eyes alone."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from hummingbot.connector.exchange.stellar.credentials import check_secret_key
from hummingbot.connector.exchange.stellar.errors import ConfigurationError
from hummingbot.connector.exchange.stellar.ledger.envelope import SigningKey

__all__ = ["MOST_CHANNELS", "read_channel_keys", "write_channel_keys"]

MOST_CHANNELS: Final = 50


def read_channel_keys(file: str, domain: str) -> tuple[SigningKey, ...]:
    """Return the keys in a file; none for an empty name.

    Raises
    ------
    ConfigurationError
        If it cannot be read, others can read it, or a line is no secret key or there twice. The message names
        file and line, and never repeats a line.
    """
    if not file.strip():
        return ()
    path = Path(file.strip()).expanduser()
    try:
        mode, lines = path.stat().st_mode, path.read_text("ascii").splitlines()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise ConfigurationError(
            f"the file of channel accounts {path} of {domain} cannot be read ({reason}): name one that "
            "ai-stellar channels create has written, or none"
        ) from None
    if mode & 0o077:
        raise ConfigurationError(
            f"the file of channel accounts {path} can be read by others: run chmod 600 on it"
        )
    keys: dict[str, SigningKey] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            key = SigningKey.parse(check_secret_key(line, domain))
        except ConfigurationError as error:
            raise ConfigurationError(f"{path}, line {number}: {error}") from None
        if key.account in keys:
            raise ConfigurationError(f"{path}, line {number}: the key of {key.account} is there twice")
        keys[key.account] = key
    if len(keys) > MOST_CHANNELS:
        raise ConfigurationError(f"{path} holds {len(keys)} channel accounts: keep at most {MOST_CHANNELS}")
    return tuple(keys.values())


def write_channel_keys(path: Path, keys: Sequence[SigningKey]) -> None:
    """Write keys to a new file that its owner alone can read, and see it on the disk.

    Raises
    ------
    FileExistsError
        A file of keys is never overwritten.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.writelines(f"{key.reveal()}\n" for key in keys)
        file.flush()
        os.fsync(file.fileno())
