from django.urls import path

from preau.domains.attention.views import facts, families, reviews

app_name = "attention"
urlpatterns = [
    path("accompagnement/", families.mine, name="mine"),
    path("accompagnement/<int:pk>/", families.told, name="told"),
    path("vie-scolaire/faits/", facts.waiting, name="waiting"),
    path("vie-scolaire/faits/seuils/", facts.thresholds, name="thresholds"),
    path("vie-scolaire/faits/<str:public_id>/", facts.look, name="look"),
    path("vie-scolaire/accompagnements/", reviews.reviews, name="reviews"),
    path("vie-scolaire/accompagnements/<int:pk>/", reviews.review, name="review"),
    path("vie-scolaire/accompagnements/<int:pk>/revoir/", reviews.decide_again, name="decide_again"),
    path("vie-scolaire/accompagnements/<int:pk>/etapes/", reviews.add_step, name="add_step"),
    path("vie-scolaire/accompagnements/<int:pk>/terminer/", reviews.end, name="end"),
    path("vie-scolaire/accompagnements/etapes/<int:pk>/faite/", reviews.note_step, name="note_step"),
    path("vie-scolaire/accompagnements/mots/<int:pk>/repondre/", reviews.answer, name="answer"),
]
