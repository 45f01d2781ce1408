"""A service may be optional: it then asks for an agreement. No service is, until somebody says so."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("signon", "0004_lti"),
    ]

    operations = [
        migrations.AddField(
            model_name="service",
            name="asks_consent",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="facultatif, demande l’accord"
            ),
        ),
    ]
