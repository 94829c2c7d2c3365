"""Make the secrets that docker-compose.yml reads: `python3 scripts/deploy_secrets.py crm.example.com`.

Needs Python and openssl alone. What exists is kept, so running it again is harmless; keep a copy of the folder in a
safe place: without `key_data_1` and `key_lookup` the personal data in a backup cannot be read.
"""

import secrets
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "deploy" / "secrets"


def password() -> str:
    """A password that needs no quoting anywhere."""
    return secrets.token_urlsafe(32)


def put(folder: Path, name: str, text: str) -> str:
    """Write a secret unless it is there; returns what the file holds.

    The folder is closed to others. The files are readable in it: containers read them as users of their own.
    """
    path = folder / name
    if not path.exists():
        path.write_text(text + "\n")
        path.chmod(0o444)
    return path.read_text().strip()


def make(folder: Path) -> Mapping[str, str]:
    """Make all secrets but the certificate in `folder`. Returns them by name."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    plain = {name: put(folder, name, password()) for name in ("postgres_password", "owner_password", "app_password")}
    keys = {name: put(folder, name, secrets.token_hex(32)) for name in ("secret_key", "key_data_1", "key_lookup")}
    valkey = put(folder, "valkey_password", password())
    lines = ["dir /data", "appendonly yes", 'save ""', "maxmemory-policy noeviction", f"requirepass {valkey}"]
    made = {
        "database_url": f"postgresql://crm_app:{plain['app_password']}@postgres:5432/crm",
        "database_owner_url": f"postgresql://crm_owner:{plain['owner_password']}@postgres:5432/crm",
        "redis_url": f"redis://:{valkey}@valkey:6379/0",
        "valkey.conf": "\n".join(lines),
    }
    return plain | keys | {name: put(folder, name, text) for name, text in made.items()}


def make_certificate(folder: Path, host: str) -> None:
    """A certificate for `host` that no browser trusts yet; put the firm's own in its place."""
    if (folder / "tls_certificate").exists():
        return
    command = ["openssl", "req", "-x509", "-newkey", "rsa:3072", "-nodes", "-days", "90", "-subj", f"/CN={host}"]
    command += ["-addext", f"subjectAltName=DNS:{host}", "-keyout", "tls_key", "-out", "tls_certificate"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    for name in ("tls_key", "tls_certificate"):
        (folder / name).chmod(0o444)


def main() -> None:
    """Entry point; the host name is the one argument."""
    if len(sys.argv) != 2:
        sys.exit("Usage: python3 scripts/deploy_secrets.py HOST   (for example crm.example.com)")
    make(FOLDER)
    try:
        make_certificate(FOLDER, sys.argv[1])
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"No certificate was made ({error}). Put yours into {FOLDER} as tls_certificate and tls_key.")
    print(f"The secrets are in {FOLDER}. The certificate is a stand-in: replace tls_certificate and tls_key.")


if __name__ == "__main__":
    main()
