"""A share's notes are a report in small: an object. No row has any yet."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("directory", "0002_school_settings")]

    operations = [
        migrations.AlterField(
            model_name="deliveryshare",
            name="notes",
            field=models.JSONField(default=dict, verbose_name="remarques"),
        ),
    ]
