"""Where the pictures of people lie: whole or not at all, whatever the disk says."""

from typing import Any

from django.core.files.storage import FileSystemStorage
from django.utils.translation import gettext as _

from preau.foundation.uploads import NoRoom
from preau.foundation.vault import FULL


class WholeFiles(FileSystemStorage):
    def _save(self, name: str, content: Any) -> str:
        """Raises NoRoom when the disk is full; nothing of the file is left then."""
        was_there = self.exists(name)
        try:
            return str(super()._save(name, content))  # type: ignore[misc]
        except OSError as error:
            if not was_there:
                self.delete(name)
            if error.errno in FULL:
                sentence = _("Préau n’a plus assez de place pour vos fichiers. Réessayez plus tard.")
                raise NoRoom(sentence) from error
            raise
