"""What the catalogue shows to the rest of the platform."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from preau.commons.media.actions.keeping import words_changed
from preau.commons.media.boards import MediaOwner, owners
from preau.domains.catalogue import api, seeds, tasks
from preau.domains.catalogue.actions import editing, following, using
from preau.domains.catalogue.queries import desk, index, pages, search
from preau.foundation import boards
from preau.foundation.access import signed_in
from preau.foundation.readers import NO_ROW, Readers, on_themselves
from preau.identity.rules import runs_platform

KEY = "catalogue"
boards.gauges.add(
    boards.Gauge(
        "index_behind_editions",
        "Editions of the catalogue that the index of this machine has not followed",
        lambda: {(): index.RESOURCES.behind()},
    )
)
boards.after_restore.add(boards.AfterRestore(KEY, index.RESOURCES.build_again))
# Facts of what is published; one of them names people.
RECORD = (
    "key",
    "collection",
    "rank",
    "title",
    "abstract",
    "institution",
    "type",
    "nodes",
    "keywords",
    "audiences",
    "duration",
    "language",
    "licence",
    "licence_version",
    "accessibility",
    "access",
    "price",
    "published",
    "changed",
    "version",
    "status",
    "adapted_from",
    "related",
    "parts",
    "text",
    "medium",
    "source",
    "digest",
    "edition",
    "noted_at",
    "used",
    "arrived",
)
# Where a school closes it, its entry and its hits go; the pages stay, which anyone in the world may read (`to=anyone`).
boards.services.add(
    boards.Service(
        KEY,
        _("Ressources"),
        text=_(
            "Leçons, exercices et jeux libres, par niveau et par matière. Les pages restent ouvertes à tous."
        ),
        namespaces=(KEY,),
        order=28,
    )
)
boards.menu.add(
    boards.MenuEntry(
        _("Ressources"), "catalogue:home", "book", signed_in, section="resources", order=60, service=KEY
    )
)
boards.menu.add(
    boards.MenuEntry(
        _("Sources du catalogue"),
        "catalogue:sources",
        "rss",
        runs_platform,
        "platform",
        order=22,
        service=KEY,
    )
)
boards.search.add(
    boards.SearchSource(_("Ressources"), "book", search.found, signed_in, letters=3, order=90, service=KEY)
)
boards.front_links.add(
    boards.FrontLink(
        _("Ressources pour apprendre"),
        _("Leçons, exercices et jeux de la maternelle au lycée. Sans compte, gratuits et libres."),
        _("Chercher une ressource"),
        "catalogue:home",
        "book",
        order=10,
        drawing="apprendre",
        searches="catalogue:search",
        ways=(
            (_("Maternelle"), _("de 3 à 5 ans"), "?niveau=cycle-1", "disque:maternelle"),
            (_("CP, CE1, CE2"), _("lire, compter, écrire"), "?niveau=cycle-2", "disque:francais"),
            (_("CM1, CM2, 6e"), _("comprendre le monde"), "?niveau=cycle-3", "disque:monde"),
            (_("5e, 4e, 3e"), _("le collège"), "?niveau=cycle-4", "disque:maths"),
            (_("Lycée"), _("de la 2de à la Tle"), "?niveau=lycee", "disque:sciences"),
        ),
        tiles=pages.first_tiles,
    )
)
for verb, label in (
    ("catalogue.source_added", _("Source du catalogue ajoutée")),
    ("catalogue.source_changed", _("Source du catalogue modifiée")),
    ("catalogue.paused", _("Source du catalogue mise en pause")),
    ("catalogue.resumed", _("Source du catalogue remise en route")),
    ("catalogue.tried", _("Source du catalogue essayée")),
    ("catalogue.harvested", _("Source du catalogue moissonnée")),
    ("catalogue.agreed", _("Ressources perdues par une source, retirées")),
    ("catalogue.kept", _("Ressources perdues par une source, gardées")),
    ("catalogue.miss_cleared", _("Recherche sans résultat retirée de la liste")),
    ("catalogue.stopped", _("Lecture d’une source arrêtée")),
):
    boards.journal_words.add(boards.JournalWord(verb, label))
# Published works name their authors, as the law on authors wants: a house here, a person where they signed.
boards.personal_data.add(
    boards.PersonalData(
        _("Auteurs des ressources"),
        "catalogue.Resource",
        "",
        purpose=_("Faire trouver et lire des ressources, et nommer qui les a écrites."),
        legal_basis=_(
            "Mission d’intérêt public ; droit des auteurs à leur nom (code de la propriété intellectuelle, article L. 121-1)."
        ),
        readers=Readers(NO_ROW, NO_ROW, others=(_("tout le monde : ces pages sont publiques"),)),
        keep=boards.Retention.SCHOOL,
        fields=dict.fromkeys(RECORD, boards.FieldClass.NONE) | {"authors": boards.FieldClass.PERSONAL},
    )
)
boards.endings.add(
    boards.Ending(
        ("catalogue.Resource",),
        why=_("Une œuvre publiée garde le nom de qui l’a écrite ; une ressource retirée n’est plus montrée."),
    )
)
boards.seeds.add(boards.Seed("ressources", seeds.plant, seeds.refresh, order=95))
boards.schedule.add(boards.Scheduled("catalogue.misses", tasks.drop_old_misses, every_minutes=24 * 60))
boards.schedule.add(boards.Scheduled("catalogue.uses", tasks.settle_uses, every_minutes=24 * 60))
boards.schedule.add(boards.Scheduled("catalogue.followers", tasks.tell_followers, every_minutes=24 * 60))
boards.notification_kinds.add(
    boards.NotificationKind(
        following.FOUND,
        _("De nouvelles ressources"),
        _("Ressources"),
        _("De nouvelles ressources"),
        _("Une recherche que vous suivez trouve %(found)s."),
        _("Voir les ressources"),
        _("Vous suivez cette recherche dans « Ressources »."),
        signed_in,
        pace=boards.Pace.WEEKLY,
        order=80,
    )
)
boards.personal_data.add(
    boards.PersonalData(
        _("Recherches suivies"),
        "catalogue.FollowedSearch",
        "person",
        purpose=_("Prévenir une personne des nouvelles ressources qu’elle cherche."),
        legal_basis=_("Mission d’intérêt public (RGPD, article 6.1.e), à la demande de la personne."),
        readers=on_themselves(),
        keep=boards.Retention.ACCOUNT,
        fields=dict.fromkeys(("person", "query", "since"), boards.FieldClass.PERSONAL)
        | {"seen": boards.FieldClass.NONE},
        forget=following.forget_followed,
        changed_at="catalogue:followed",
    )
)
boards.schedule.add(boards.Scheduled("catalogue.harvests", tasks.harvest_due, every_minutes=5))
boards.schedule.add(boards.Scheduled("catalogue.links", tasks.check_links, every_minutes=24 * 60))
boards.schedule.add(boards.Scheduled("catalogue.reports", tasks.drop_old_harvests, every_minutes=24 * 60))
boards.public_routes.add(boards.PublicRoute("catalogue:home", in_sitemap=True, to_work_on=True))
for name in ("search", "suggestions", "tell_miss", "feed", "paper", "media", "card", "oai", "oembed"):
    boards.public_routes.add(boards.PublicRoute(f"catalogue:{name}", to_work_on=True))
for name in ("api_ressources", "api_ressource"):
    boards.public_routes.add(boards.PublicRoute(f"portal:{name}"))
boards.api.add(
    boards.ApiPart(
        "ressources",
        api.router,
        "",
        order=50,
        also=("api_ressource",),
        guard=api.guard,
        refusals=api.REFUSALS,
    )
)


def collection_addresses() -> list[str]:
    return [
        reverse("catalogue:collection", args=[collection.slug]) for collection in pages.home().collections
    ]


def resource_addresses() -> list[str]:
    return [reverse("catalogue:resource", args=key.split("/")) for key in pages.addresses()]


boards.public_routes.add(
    boards.PublicRoute(
        "catalogue:collection",
        in_sitemap=True,
        addresses=collection_addresses,
        and_below=True,
        to_work_on=True,
    )
)
boards.public_routes.add(
    boards.PublicRoute("catalogue:resource", in_sitemap=True, addresses=resource_addresses, to_work_on=True)
)
owners.add(
    MediaOwner(
        "catalogue.Resource",
        "medium",
        desk.media_shown,
        runs_platform,
        _("En faire une ressource"),
        "catalogue:add",
        private=False,
        order=10,
    )
)
editing.drawing_asked.connect(tasks.enqueue_drawing, dispatch_uid="catalogue.draw")
boards.put_to_use.connect(using.note_use, dispatch_uid="catalogue.note_use")
words_changed.connect(editing.say_again, dispatch_uid="catalogue.say_again")
boards.menu.add(
    boards.MenuEntry(
        _("Publications"), "catalogue:desk", "book", runs_platform, "platform", order=34, service=KEY
    )
)
for verb, label in [
    ("catalogue.published", _("Ressource publiée")),
    ("catalogue.changed", _("Ressource changée")),
    ("catalogue.withdrawn", _("Ressource retirée")),
    ("catalogue.put_back", _("Ressource remise")),
]:
    boards.journal_words.add(boards.JournalWord(verb, label))

# How people read it.
for words in [
    boards.InWords("catalogue", boards.Section.WORK),
]:
    boards.data_in_words.add(words)
