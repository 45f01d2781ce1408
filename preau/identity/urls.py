from django.urls import path

from preau.identity.views import accounts, cards, everyone, passwords, profile, signing

app_name = "identity"
urlpatterns = [
    path("connexion/", signing.sign_in, name="sign_in"),
    path("connexion/images/", cards.pictures, name="pictures"),
    path("deconnexion/", signing.sign_out, name="sign_out"),
    path("profil/changer/", signing.switch, name="switch"),
    path("reprendre/", signing.resume, name="resume"),
    path("activation/", passwords.activation, name="activation"),
    path("mot-de-passe-oublie/", passwords.forgotten, name="forgotten"),
    path("mot-de-passe-oublie/nouveau/", passwords.new_password, name="new_password"),
    path("profil/", profile.profile, name="profile"),
    path("profil/affichage/", profile.reading, name="reading"),
    path("profil/photo/", profile.take_picture, name="take_picture"),
    path("profil/photo/retirer/", profile.remove_picture, name="remove_picture"),
    path("profil/photo/<str:public_id>.png", profile.picture, name="picture"),
    path("profil/mot-de-passe/", passwords.change_password, name="change_password"),
    path("profil/sessions/", passwords.sessions, name="sessions"),
    path("profil/sessions/<str:public_id>/fermer/", passwords.end_session, name="end_session"),
    path("comptes/", accounts.accounts, name="accounts"),
    path("comptes/classes/<int:pk>/", accounts.class_accounts, name="class_accounts"),
    path("comptes/classes/<int:pk>/courriers/", accounts.prepare_class, name="prepare_class"),
    path("comptes/classes/<int:pk>/images/", cards.class_cards, name="class_cards"),
    path("comptes/classes/<int:pk>/images/preparer/", cards.give_cards, name="give_cards"),
    path("comptes/personnels/", accounts.staff_accounts, name="staff_accounts"),
    path("comptes/personnels/courriers/", accounts.prepare_staff, name="prepare_staff"),
    path("comptes/deconnecter/", everyone.everyone_out, name="everyone_out"),
    path("comptes/courriers.pdf", accounts.letters_pdf, name="letters_pdf"),
    path("comptes/personnes/<str:public_id>/", accounts.person, name="person"),
    path("comptes/personnes/<str:public_id>/courrier/", accounts.prepare_person, name="prepare_person"),
    path("comptes/personnes/<str:public_id>/code/", accounts.give_code, name="give_code"),
    path("comptes/personnes/<str:public_id>/images/retirer/", cards.withdraw_card, name="withdraw_card"),
]
