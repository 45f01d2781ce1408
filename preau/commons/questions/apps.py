from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QuestionsConfig(AppConfig):
    name = "preau.commons.questions"
    verbose_name = _("Questions et réponses")
