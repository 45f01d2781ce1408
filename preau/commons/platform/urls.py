from django.urls import path

from preau.commons.platform import views

app_name = "platform"
urlpatterns = [
    path("plateforme/", views.schools, name="schools"),
    path("plateforme/exporter/", views.export, name="export"),
    path("plateforme/livraisons/", views.deliveries, name="deliveries"),
    path("plateforme/livraisons/<int:pk>/", views.delivery, name="delivery"),
    path("plateforme/etablissements/<str:public_id>/", views.school, name="school"),
]
