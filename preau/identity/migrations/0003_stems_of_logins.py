"""The stem of each login that existed before stems did."""

from typing import Any

from django.db import migrations


def fill(apps: Any, schema_editor: Any) -> None:
    accounts = apps.get_model("identity", "Account").objects
    for pk, login in accounts.filter(stem="").values_list("pk", "login").iterator(chunk_size=2000):
        accounts.filter(pk=pk).update(stem=login.rstrip("0123456789"))


class Migration(migrations.Migration):
    dependencies = [("identity", "0002_codes_and_sessions")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
