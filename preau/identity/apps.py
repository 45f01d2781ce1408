from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "preau.identity"
    verbose_name = "Comptes"
