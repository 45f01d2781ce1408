"""The reasons that every school starts with; a school may add its own."""

from django.db import migrations

REASONS = [
    ("Maladie", 10),
    ("Rendez-vous médical", 20),
    ("Raison familiale", 30),
    ("Problème de transport", 40),
    ("Fête religieuse", 50),
    ("Compétition ou activité", 60),
    ("Autre motif", 90),
]


def add(apps, schema_editor):
    Reason = apps.get_model("attendance", "Reason")
    Reason.objects.bulk_create(Reason(label=label, order=order) for label, order in REASONS)


def remove(apps, schema_editor):
    """Only those that nobody uses go away: an explanation keeps its reason."""
    Reason = apps.get_model("attendance", "Reason")
    Reason.objects.filter(school=None, label__in=[label for label, _ in REASONS], explanations=None).delete()


class Migration(migrations.Migration):
    dependencies = [("attendance", "0001_rolls_and_explanations")]
    operations = [migrations.RunPython(add, remove)]
