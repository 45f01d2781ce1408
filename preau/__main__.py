"""Django's command line, with Préau's settings: `preau` where Préau is installed, `python -m preau`, `manage.py` in a folder of the code."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "preau.settings")
    if sys.argv[1:] in (["version"], ["--version"]):
        from django.conf import settings

        # Ours: the framework would answer with its own.
        sys.stdout.write(f"{settings.VERSION}\n")
        return
    from django.core.management import execute_from_command_line

    execute_from_command_line(["preau", *sys.argv[1:]])


if __name__ == "__main__":
    main()
