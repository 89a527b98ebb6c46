"""`check --deploy` with the settings of a real installation: `python -m tests.deploy_check`."""

from __future__ import annotations

import os
import subprocess
import sys

from cryptography.fernet import Fernet

PRODUCTION = {
    "BEHIND_HTTPS": "1",
    "SECRET_KEY": "a-long-and-random-looking-key-for-this-check-only-5f0c1e7b9d24",
    "FIELD_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
    "ALLOWED_HOSTS": "desk.example.com",
}


def main() -> int:
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(command, env={**os.environ, **PRODUCTION}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
