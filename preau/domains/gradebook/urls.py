from django.urls import path

from preau.domains.gradebook import views

app_name = "gradebook"
urlpatterns = [
    path("notes/mes-notes/", views.own, name="own"),
    path("notes/eleves/<str:public_id>/", views.pupil, name="pupil"),
    path("notes/eleves/<str:public_id>/moyenne/", views.general, name="general"),
    path("notes/eleves/<str:public_id>/matieres/<int:subject>/", views.subject, name="subject"),
    path("notes/eleves/<str:public_id>/evaluations/<int:assessment>/", views.assessment, name="assessment"),
    path("notes/classes/<int:pk>/moyennes/", views.class_averages, name="class_averages"),
]
