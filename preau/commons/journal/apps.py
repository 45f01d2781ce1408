from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "preau.commons.journal"
    label = "journal"
    verbose_name = "Journal"
