"""Who vouches for a model: ed25519 signatures over its manifest, and the keys that are trusted.

A manifest names every other file with its sha256, so a signature over it covers the whole model.

References
----------
RFC 8032, Edwards-Curve Digital Signature Algorithm (EdDSA)
"""

import json
import os
from pathlib import Path
from typing import Final

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from .errors import ModelError

__all__ = ["HOME", "PROJECT_KEY", "SIGNATURE", "own_key", "sign", "trusted_keys", "verify"]

SIGNATURE: Final = "manifest.sig"
PROJECT_KEY: Final = "ead2854fbe5d4d76c3dff0fef188b14a958c313bdc27372b0d66302991987c2b"
"""Public key, hex, that the shipped models are signed with; its private half is not in the repository."""
HOME: Final = "AI_STELLAR_HOME"
"""Environment variable that names the directory of a user's own keys, by default ``~/.ai-stellar``."""
PRIVATE: Final = "model_key"
TRUSTED: Final = "trusted_model_keys"
KEY_BYTES: Final = 32


def home() -> Path:
    """Return the directory of the user's own keys."""
    return Path(os.environ.get(HOME) or "~/.ai-stellar").expanduser()


def own_key(file: Path | None = None) -> SigningKey:
    """Return the key that the user signs models with; it is made, for its owner's eyes alone, when absent.

    Its public half is written among the trusted keys.

    Parameters
    ----------
    file : Path, optional
        Another file of the same kind: the 32 bytes of the private key in hex. That one must exist.

    Raises
    ------
    ModelError
        If the file cannot be read or holds no key.
    """
    path = file or home() / PRIVATE
    if file is None and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = SigningKey.generate()
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(bytes(made).hex() + "\n")
        _trust(public_key(made))
    try:
        seed = bytes.fromhex(path.read_text().strip())
    except OSError as error:
        raise ModelError(
            f"the key file {path} cannot be read ({error.strerror}): name one that can be"
        ) from None
    except ValueError:
        seed = b""
    if len(seed) != KEY_BYTES:
        raise ModelError(f"the key file {path} does not hold 64 hex digits: name another, or remove it")
    return SigningKey(seed)


def public_key(key: SigningKey) -> str:
    """Return the public half in hex."""
    return bytes(key.verify_key).hex()


def trusted_keys() -> dict[str, str]:
    """Return the name of each trusted public key: the project's, and those of the user's own file.

    Raises
    ------
    ModelError
        If a line of that file is no public key.
    """
    path = home() / TRUSTED
    keys = {}
    for number, line in enumerate(path.read_text().splitlines() if path.is_file() else [], 1):
        key, _, name = line.partition(" ")
        if not key or key.startswith("#"):
            continue
        if len(key) != 2 * KEY_BYTES or not set(key) <= set("0123456789abcdef"):
            raise ModelError(f"line {number} of {path} is no public key of 64 hex digits: remove it")
        keys[key] = name.strip() or "your own"
    return {**keys, PROJECT_KEY: "the project"}


def _trust(key: str) -> None:
    with (home() / TRUSTED).open("a") as out:
        out.write(f"{key} your own\n")


def sign(content: bytes, key: SigningKey) -> bytes:
    """Return the text of a signature file over a manifest's bytes."""
    signature = key.sign(content).signature
    fields = {"algorithm": "ed25519", "key": public_key(key), "signature": signature.hex()}
    return (json.dumps(fields, indent=1) + "\n").encode()


def verify(directory: Path, content: bytes) -> str:
    """Verify the signature beside a manifest, and return the name of who signed it.

    Parameters
    ----------
    directory : Path
        The model's directory.
    content : bytes
        Its manifest.

    Raises
    ------
    ModelError
        If there is no signature, it is not of a trusted key, or does not hold.
    """
    path = directory / SIGNATURE
    try:
        fields = json.loads(path.read_bytes())
        key, signature = bytes.fromhex(fields["key"]), bytes.fromhex(fields["signature"])
        known = fields["algorithm"] == "ed25519" and len(key) == KEY_BYTES
    except FileNotFoundError:
        raise ModelError(
            f"model {directory} is not signed ({path} is missing): if you trust it, "
            f"run 'ai-stellar models sign {directory}'"
        ) from None
    except OSError as error:
        raise ModelError(f"model file {path} cannot be read ({error.strerror}): restore it") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        known = False
    if not known:
        raise ModelError(
            f"model file {path} is cut off or altered: restore it, or sign anew by 'ai-stellar models sign'"
        )
    signer = trusted_keys().get(key.hex())
    if signer is None:
        raise ModelError(
            f"model {directory} is signed by the unknown key {key.hex()}: if you trust it, "
            f"write that key into {home() / TRUSTED}"
        )
    try:
        VerifyKey(key).verify(content, signature)
    except (BadSignatureError, ValueError):
        raise ModelError(
            f"model file {directory / 'manifest.json'} is altered (its signature does not hold): "
            "restore it by installing hummingbot-stellar again, or train it anew"
        ) from None
    return signer
