"""Who may talk to a cluster: whoever reaches its port, or whoever has a certificate."""

from __future__ import annotations

from pathlib import Path

from distributed import Security

from subgen.errors import OptionError

PARTS = ("ca.pem", "cert.pem", "key.pem")
"""what a folder for --tls holds: the authority that all trust, this machine's certificate, and its key"""


def security(folder: Path | None) -> Security:
    """TLS with the files of a folder, on both sides of every connection; None: no TLS. Raises OptionError."""
    if folder is None:
        return Security(require_encryption=False)
    missing = [name for name in PARTS if not (folder / name).is_file()]
    if missing:
        raise OptionError(f"The folder {folder} for --tls lacks {', '.join(missing)}: see docs/libraries.md.")
    authority, certificate, key = (str((folder / name).absolute()) for name in PARTS)
    own = {
        f"tls_{role}_{part}": path
        for role in ("client", "scheduler", "worker")
        for part, path in (("cert", certificate), ("key", key))
    }
    return Security(require_encryption=True, tls_ca_file=authority, **own)
