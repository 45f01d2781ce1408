from django.contrib.postgres.operations import CreateCollation
from django.db import migrations


class Migration(migrations.Migration):
    """Nothing on SQLite, which is taught the same order at each connection (`foundation.db`)."""

    dependencies = [("foundation", "0001_tasks_and_rates")]

    operations = [CreateCollation("french_names", provider="icu", locale="fr-u-kn-true")]
