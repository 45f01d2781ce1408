from django.apps import AppConfig


class TimetableConfig(AppConfig):
    name = "preau.domains.timetable"
    verbose_name = "Emploi du temps"
