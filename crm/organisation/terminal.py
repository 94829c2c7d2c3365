"""Reading a password at a terminal, for the commands that give one."""

from __future__ import annotations

import getpass
import sys

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.utils.translation import gettext as _


def read_password() -> str:
    """The password: typed twice at a terminal, or the first line of standard input where there is none.

    Raises CommandError when the two differ or nothing came.
    """
    if not sys.stdin.isatty():
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = getpass.getpass(_("Password: "))
        if getpass.getpass(_("Password again: ")) != password:
            raise CommandError(_("The two passwords differ."))
    if not password:
        raise CommandError(_("No password was given."))
    return password


def refused(error: ValidationError) -> CommandError:
    """A rule's refusal as the command's last words."""
    return CommandError(" ".join(error.messages))
