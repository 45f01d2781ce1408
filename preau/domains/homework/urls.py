from django.urls import path

from preau.domains.homework import views

app_name = "homework"
urlpatterns = [
    path("cahier-de-textes/", views.sessions, name="sessions"),
    path("cahier-de-textes/journee/", views.day, name="day"),
    path("cahier-de-textes/seances/<int:pk>/", views.record, name="record"),
    path("cahier-de-textes/seances/<int:pk>/publier/", views.publish, name="publish"),
    path("cahier-de-textes/seances/<int:pk>/decaler/", views.shift, name="shift"),
    path("cahier-de-textes/mettre/", views.put, name="put"),
    path("cahier-de-textes/progressions/", views.progressions, name="progressions"),
    path("cahier-de-textes/progressions/<int:pk>/", views.progression, name="progression"),
    path("cahier-de-textes/progressions/<int:pk>/donner/", views.give_progression, name="give_progression"),
    path("cahier-de-textes/progressions/seances/<int:pk>/", views.step, name="step"),
    path("cahier-de-textes/progressions/seances/<int:pk>/retirer/", views.remove_step, name="remove_step"),
    path("cahier-de-textes/travaux/<int:pk>/", views.edit, name="edit"),
    path("cahier-de-textes/travaux/<int:pk>/retirer/", views.remove, name="remove"),
    path("cahier-de-textes/travaux/<int:pk>/remettre/", views.restore, name="restore"),
    path("cahier-de-textes/travaux/<int:pk>/rendus/", views.hand_ins, name="hand_ins"),
    path("cahier-de-textes/travaux/<int:pk>/rendus.csv", views.hand_ins_csv, name="hand_ins_csv"),
    path("cahier-de-textes/rendus/<int:pk>/", views.hand_in, name="hand_in"),
    path("cahier-de-textes/rendus/<int:pk>/corriger/", views.correct, name="correct"),
    path("cahier-de-textes/classes/", views.classes, name="classes"),
    path("cahier-de-textes/classes/<int:pk>/", views.class_book, name="class_book"),
    path("cahier-de-textes/classes/<int:pk>/visa/", views.visa, name="visa"),
    path("cahier-de-textes/classes/<int:pk>/archiver/", views.archive, name="archive"),
    path("cahier-de-textes/classes/<int:pk>/annee/", views.book_of_year, name="book_of_year"),
    path("cahier-de-textes/archives/", views.archives, name="archives"),
    path("cahier-de-textes/classes/<int:pk>/charge/", views.class_load, name="class_load"),
    path("etablissement/reglages/travail/", views.limits, name="limits"),
    path("travail/", views.to_do, name="to_do"),
    path("travail/feuille/", views.sheet, name="sheet"),
    path("travail/<int:pk>/", views.work, name="work"),
    path("travail/<int:pk>/fait/", views.tick, name="tick"),
    path("travail/<int:pk>/rendre/", views.send, name="send"),
    path("travail/en-classe/", views.in_class, name="in_class"),
]
