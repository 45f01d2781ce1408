"""Addresses of confidential records: of a record, a random one."""

from django.urls import path

from preau.domains.records.views import access, around, audit, families, hanging, records

app_name = "records"
RECORD = "dossiers-confidentiels/<str:public_id>/"
urlpatterns = [
    path("dossiers-confidentiels/", records.records, name="records"),
    path("dossiers-confidentiels/ouvrir/", records.open_record, name="open_record"),
    path("dossiers-confidentiels/qui-lit/", audit.audit, name="audit"),
    path("dossiers-confidentiels/qui-lit/<str:public_id>/", audit.entrust, name="entrust"),
    path("dossiers-confidentiels/documents/<int:pk>/", hanging.paper, name="paper"),
    path("dossiers-confidentiels/documents/<int:pk>/retirer/", hanging.remove_paper, name="remove_paper"),
    path("dossiers-confidentiels/acces/<int:pk>/retirer/", access.end_reader, name="end_reader"),
    path("dossiers-confidentiels/mesures/<int:pk>/terminer/", hanging.end_measure, name="end_measure"),
    path(RECORD, records.record, name="record"),
    path(f"{RECORD}modifier/", records.revise, name="revise"),
    path(f"{RECORD}clore/", records.close, name="close"),
    path(f"{RECORD}dossier.pdf", records.printed, name="printed"),
    path(f"{RECORD}acces/", access.readers, name="readers"),
    path(f"{RECORD}lectures/", access.readings, name="readings"),
    path(f"{RECORD}amenagements/", hanging.measures, name="measures"),
    path(f"{RECORD}documents/", hanging.papers, name="papers"),
    path(f"{RECORD}transmettre/", access.hand_over, name="hand_over"),
    path("amenagements-et-urgences/", around.around, name="around"),
    path("urgence/<str:public_id>/", around.emergency, name="emergency"),
    path("plans-et-amenagements/", families.own_records, name="own_records"),
    path("plans-et-amenagements/<str:public_id>/", families.own_record, name="own_record"),
    path("plans-et-amenagements/<str:public_id>/accord/", families.agree, name="agree"),
]
