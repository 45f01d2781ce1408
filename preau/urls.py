"""Every address of the platform. A domain leaves with its line here too."""

from django.urls import include, path

# Read from the top at each request: what is opened forty times a day comes first. An address belongs to one house
# whatever their order (tests/test_building.py), but for the journal of a school, which comes before the directory.
urlpatterns = [
    path("", include("preau.portal.urls")),
    path("", include("preau.commons.search.urls")),
    path("", include("preau.domains.attendance.urls")),
    path("", include("preau.domains.timetable.urls")),
    path("", include("preau.domains.homework.urls")),
    path("", include("preau.domains.gradebook.urls")),
    path("", include("preau.commons.agenda.urls")),
    path("", include("preau.commons.notifications.urls")),
    path("", include("preau.domains.catalogue.urls")),
    path("", include("preau.domains.messaging.urls")),
    path("", include("preau.domains.competences.urls")),
    path("", include("preau.foundation.urls")),
    path("", include("preau.identity.urls")),
    path("", include("preau.commons.journal.urls")),
    path("", include("preau.commons.files.urls")),
    path("", include("preau.commons.drive.urls")),
    path("", include("preau.commons.documents.urls")),
    path("", include("preau.directory.urls")),
    path("", include("preau.commons.outbox.urls")),
    path("", include("preau.commons.privacy.urls")),
    path("", include("preau.commons.works.urls")),
    path("", include("preau.commons.delivery.urls")),
    path("", include("preau.commons.live.urls")),
    path("", include("preau.commons.platform.urls")),
    path("", include("preau.commons.signon.urls")),
    path("", include("preau.commons.lti.urls")),
    path("", include("preau.commons.federation.urls")),
    path("", include("preau.commons.media.urls")),
    path("", include("preau.domains.scenarios.urls")),
    path("", include("preau.domains.mediacentre.urls")),
    path("", include("preau.domains.exams.urls")),
    path("", include("preau.domains.conduct.urls")),
    path("", include("preau.domains.events.urls")),
    path("", include("preau.domains.campaigns.urls")),
    path("", include("preau.domains.attention.urls")),
    path("", include("preau.domains.records.urls")),
    path("", include("preau.domains.report_cards.urls")),
    path("", include("preau.domains.spaces.urls")),
    path("", include("preau.domains.liaison.urls")),
    path("", include("preau.domains.surveys.urls")),
    path("", include("preau.domains.paperwork.urls")),
    path("", include("preau.domains.appointments.urls")),
]

handler400 = "preau.foundation.views.bad_request"
handler403 = "preau.foundation.views.forbidden"
handler404 = "preau.foundation.views.not_found"
handler500 = "preau.foundation.views.server_error"
