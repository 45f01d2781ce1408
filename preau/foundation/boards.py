"""The boards: what a room of the building may show to the rest, and the only way to show it.

Each board is a typed registry. A domain fills them in its `manifest.py`; `commons` and `portal` read them. The entries
hold plain functions and names, never a class of a domain, so that nobody has to import anybody.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.dispatch import Signal
from django.utils.translation import gettext as _

from preau.foundation import dates
from preau.foundation.readers import Readers, Rows
from preau.foundation.registry import Registry

Rule = Callable[..., bool]


@dataclass(frozen=True)
class MenuEntry:
    """One link of the portal's menu. `open_to(viewer)`.

    `main`: it stands on the bar of every page, where there is room; the others are under « Menu », below the heading of
    their `section`. `service`: the key of the service it opens; a school may switch that off, or call the entry otherwise.
    `instead_of`: the route of another entry, which this one replaces for whoever reads both. `in_primary`: what a primary school calls
    it, when that is another word. `counter(viewer)`: how much waits there to be read, as a part of the query of the bell.
    `also`: routes whose pages are under it too, though their address is not.
    """

    label: str
    url_name: str
    icon: str
    open_to: Rule
    section: str = ""
    order: int = 50
    service: str = ""
    main: bool = False
    instead_of: str = ""
    in_primary: str = ""
    counter: Callable[[Any], Any] | None = None
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class SitePage:
    """A page that neither the menu nor the settings name, found by the search; or other `words` for one that they name."""

    label: str
    url_name: str
    icon: str
    open_to: Rule
    words: str = ""
    service: str = ""
    order: int = 50


@dataclass(frozen=True)
class MenuSection:
    """A heading under « Menu », and the entries below it."""

    key: str
    label: str
    order: int = 50


@dataclass(frozen=True)
class Card:
    """One card of the home page. `content(viewer)` returns the template's context, or None to stay away.

    `column` is "main" (what happens now, what waits) or "aside" (the day, context); `beside`: another template, which the same
    content draws in the other column. `counters` (see `directory.counting`):
    numbers of the viewer's school that the home asks for all its cards at once, and gives to `content` after the viewer.
    """

    template: str
    content: Callable[..., Mapping[str, Any] | None]
    open_to: Rule
    column: str = "main"
    order: int = 50
    service: str = ""
    counters: tuple[Callable[[Any], Any], ...] = ()
    beside: str = ""


@dataclass(frozen=True)
class Awaited:
    """One thing that a person must answer, in words: `gesture` is the verb of its button, `url` the page where it is done.

    `about`: the pupil that it is about, 0 for none; `whose`: their first name. `day`: that of the thing, or the last one to answer,
    as `when` says. `word`, `tone`: a state, as for `ui.tag`. `phone`: a number that may be called instead.
    """

    title: str
    url: str
    gesture: str
    about: int = 0
    whose: str = ""
    when: str = ""
    text: str = ""
    day: date | None = None
    word: str = ""
    tone: str = "todo"
    icon: str = "pencil"
    phone: str = ""

    @property
    def detail(self) -> str:
        """Whose, and when: « Nina, mardi 24 novembre, de 8 h 30 à 9 h 25 »."""
        return ", ".join(filter(None, (self.whose, self.when)))


@dataclass(frozen=True)
class AwaitedSource:
    """A house that asks people something. `rows(viewer)`: a queryset of `foundation.awaited.row_of`, of what this viewer has still to
    answer; those of all houses are read in one statement. `said(viewer, rows)`: its own rows in words, most pressing first."""

    key: str
    rows: Callable[[Any], Any]
    said: Callable[[Any, Sequence[Any]], Iterable[Awaited]]
    open_to: Rule
    order: int = 50
    service: str = ""


@dataclass(frozen=True)
class AgendaEntry:
    """One line of an agenda, in words already chosen for the viewer.

    `starts` and `ends` are moments, on the wall clock `zone`; or two local days, both included, for what lasts whole days.
    `uid` stays the same as long as the thing is the same thing. `whose`: the children it is about, for a family.
    `word` and `tone` are a state, as for `ui.tag`. `cancelled`: it does not happen, and says so where it was.
    `url` is its page: its title leads there, or a link of its own where there is something to do, `gesture`.
    `for_the_day`: it is due that day and lasts none of it, as homework does; it comes after the hours of the day.
    """

    uid: str
    title: str
    starts: datetime | date
    ends: datetime | date
    zone: str = ""
    whose: str = ""
    detail: str = ""
    place: str = ""
    word: str = ""
    tone: str = "neutral"
    url: str = ""
    gesture: str = ""
    cancelled: bool = False
    for_the_day: bool = False

    @property
    def lasts_days(self) -> bool:
        return not isinstance(self.starts, datetime)

    @property
    def more(self) -> str:
        """Who and where, as one line."""
        return " · ".join(filter(None, (self.detail, self.place)))

    @cached_property
    def first_day(self) -> date:
        return (
            dates.local(self.starts, self.zone).date() if isinstance(self.starts, datetime) else self.starts
        )

    @cached_property
    def last_day(self) -> date:
        return dates.local(self.ends, self.zone).date() if isinstance(self.ends, datetime) else self.ends


@dataclass(frozen=True)
class AgendaSource:
    """`entries(viewer, from_day, to_day)` gives the viewer's AgendaEntry between two local days, both included, in one or
    two queries. `in_feed=False`: what must not leave for the calendar of a phone, hence for whoever keeps it there.

    `page`: where these things have a page of their own, led to from the agenda under `label`. `in_notebook`: what the notebook of a
    pupil holds too, as its family reads it.
    """

    name: str
    entries: Callable[[Any, date, date], Iterable[AgendaEntry]]
    open_to: Rule
    in_feed: bool = True
    order: int = 50
    service: str = ""
    page: str = ""
    label: str = ""
    icon: str = ""
    in_notebook: bool = False


@dataclass(frozen=True)
class Hit:
    """One thing found, on a page that the viewer may open. `near`: not spelt as it was typed."""

    label: str
    url: str
    detail: str = ""
    near: bool = False


@dataclass(frozen=True)
class SearchSource:
    """One kind of thing to find. `find(viewer, wanted)` gives every Hit that the viewer may see, best first, in one
    query or two (`wanted` is a `foundation.lookup.Wanted`). `letters`: how many must be typed first.

    What is found by a title costs no statement of its own: `titles(viewer, wanted)` is a QuerySet of rows of `TITLED`, and
    `hits(viewer, wanted, rows)` says them; the search asks for those of all houses at once, and does not call `find`.
    """

    name: str
    icon: str
    find: Callable[[Any, Any], Sequence[Hit]] | None
    open_to: Rule
    letters: int = 2
    order: int = 50
    service: str = ""
    titles: Callable[[Any, Any], Any] | None = None
    hits: Callable[[Any, Any, Sequence[Any]], Sequence[Hit]] | None = None


class Pace(StrEnum):
    """When the mail of a kind of news leaves."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"


@dataclass(frozen=True)
class NotificationKind:
    """A kind of news a person may receive (`foundation.notices.News`).

    `subject` names nobody: it is read on a locked screen. `body` takes the facts of the news, and `%(about)s`, the first name
    of the pupil it speaks of; `action` is the verb of the link. `why` answers « Pourquoi ai-je reçu ceci ? ». `for_whom(viewer)` says
    who may choose how to receive it. `pace` and `push` are what a person has who chose nothing. An urgent kind ignores
    the hours of the right to disconnect (docs/decisions/0141), and `urgency` says why; a school may have it wait where `may_wait`. One that cannot be muted always comes, as `pace` says.

    `paper_answer` says, in a text message, how to answer on paper to whoever answers for a pupil (another, or themselves once of age) and has
    opened no account: they are texted of which one (`about`) what waits (the fact `waits` of the news: no title, nothing private; empty, they are not texted).
    `undone` is the subject of what takes back a news of the same kind (a fact `undone` says so): it leaves by the same ways.
    """

    key: str
    label: str
    category: str
    subject: str
    body: str
    action: str
    why: str
    for_whom: Rule
    pace: Pace = Pace.NEVER
    push: bool = False
    urgent: bool = False
    can_be_muted: bool = True
    order: int = 50
    urgency: str = ""
    may_wait: bool = False
    paper_answer: str = ""
    undone: str = ""


class FieldClass(StrEnum):
    """How personal a field is. SENSITIVE: health, social life, sanctions, and whatever may reveal them."""

    NONE = "none"
    PERSONAL = "personal"
    CHILD = "child"
    SENSITIVE = "sensitive"


class Retention(StrEnum):
    """How long rows are kept, counted from the end of their use."""

    ACCOUNT = "while the person belongs to the school, then three months"
    YEAR = "the school year"
    SCHOOL_YEAR = "until the end of the school year, or the departure of the pupil"
    YEAR_PLUS_ONE = "the school year and the next one, then erased"
    SECURITY = "six months"
    NEWS = "six months after they were published"
    MONTH = "thirty days after it ended"
    JOURNAL = "three years"
    REQUEST = "three years after it was answered"
    SANCTION = "until the term that the Code de l’éducation sets (R. 511-13)"
    SCHOOL = "as long as the school uses the platform"

    @property
    def said(self) -> str:
        """As it is said to the people concerned."""
        return {
            Retention.ACCOUNT: _("Tant que la personne est dans l’établissement, puis trois mois."),
            Retention.YEAR: _("L’année scolaire."),
            Retention.SCHOOL_YEAR: _("Jusqu’à la fin de l’année scolaire, ou jusqu’au départ de l’élève."),
            Retention.YEAR_PLUS_ONE: _("L’année scolaire et la suivante, puis effacé."),
            Retention.SECURITY: _("Six mois."),
            Retention.NEWS: _("Six mois après l’annonce."),
            Retention.MONTH: _("Trente jours après la fin."),
            Retention.JOURNAL: _("Trois ans."),
            Retention.REQUEST: _("Trois ans après la réponse."),
            Retention.SANCTION: _(
                "Jusqu’au terme fixé par l’article R. 511-13 du Code de l’éducation : la fin de l’année pour un "
                "avertissement, de la suivante pour un blâme, de la deuxième pour une exclusion temporaire."
            ),
            Retention.SCHOOL: _("Tant que l’établissement utilise Préau."),
        }[self]


class Concerned(StrEnum):
    """Whom a table is about, as the register of processing names them."""

    PUPILS = "pupils"
    GUARDIANS = "guardians"
    STAFF = "staff"
    OUTSIDERS = "outsiders"

    @property
    def label(self) -> str:
        return {
            Concerned.PUPILS: _("élèves"),
            Concerned.GUARDIANS: _("responsables d’élèves"),
            Concerned.STAFF: _("personnels"),
            Concerned.OUTSIDERS: _("agents et personnes invitées"),
        }[self]


@dataclass(frozen=True)
class PersonalData:
    """One table about people: why it is kept, for how long, who receives it and how personal each field is.

    `person` is the lookup from a row to the person it is about ("" when a row points at several people).
    `forget(person_id)` erases; None means that the rows go with the person's own row or stay blanked with it.
    `legal_basis` and `purpose` are sentences for the register of processing and for families.

    `readers` says who reads which rows, and « Mes données », its archive and the lines of the journal about such a row all ask it
    (docs/decisions/0130). `about`: further lookups to somebody a row speaks of, whose own it is not. Of the rows that one reads,
    `withheld` fields are shown to nobody (secrets, and what only some roles may read); a field of `field_readers` only where its
    Rows keep the row, since words belong to whoever wrote them; a field of `says` in the words that it gives for a code of ours.

    What somebody may ask of it (docs/decisions/0109): `erases` says what `forget` does where it is granted to a person who
    is still there (empty: it is not done from a request); `from_files`, that official files bring it again; `changed_at`,
    the name of the page where people change it themselves.

    `people`: whom a link from a row leads to, where its name alone does not tell (`given_by`: staff here, guardians there).
    """

    label: str
    model: str
    person: str
    purpose: str
    legal_basis: str
    readers: Readers
    keep: Retention
    fields: Mapping[str, FieldClass]
    forget: Callable[[int], int] | None = None
    order: int = 50
    about: tuple[str, ...] = ()
    withheld: frozenset[str] = frozenset()
    field_readers: Mapping[str, Rows] = field(default_factory=dict)
    says: Mapping[str, Callable[[Any], str]] = field(default_factory=dict)
    erases: str = ""
    from_files: bool = False
    changed_at: str = ""
    people: Mapping[str, tuple[Concerned, ...]] = field(default_factory=dict)


class Section(StrEnum):
    """Under which heading « Mes données » shows a table, in the order in which families read them."""

    IDENTITY = "identity"
    SCHOOLING = "schooling"
    SCHOOL_LIFE = "school life"
    WORK = "work"
    PERMISSIONS = "permissions"
    SIGN_INS = "sign-ins"
    OTHER = "other"

    @property
    def label(self) -> str:
        return {
            Section.IDENTITY: _("Identité et famille"),
            Section.SCHOOLING: _("Scolarité et emploi du temps"),
            Section.SCHOOL_LIFE: _("Absences et vie scolaire"),
            Section.WORK: _("Travail et ressources"),
            Section.PERMISSIONS: _("Autorisations"),
            Section.SIGN_INS: _("Connexions et appareils"),
            Section.OTHER: _("Journal, notifications et demandes"),
        }[self]


@dataclass(frozen=True)
class InWords:
    """How people read the rows of a table of the personal data board: under which section, and as which sentence.

    `model`: « attendance.Entry », or « attendance » for the section of a whole house. `when`: the field of the day or moment
    that a row begins with; None takes the first that looks like one, "" has none. `sentence`: parts, each with the fields it
    needs (« %(minutes)s de retard »), given as words; a part of which a field is empty, or not the reader's, is left out, and
    fields that no part names follow with their labels: so a sentence cannot say more than the fields do.

    `names(row)`: what another row calls it (« absence du mardi 24 novembre, 8 h 30, mathématiques »). It may tell only what
    everyone who reads a row pointing at it may know: a day, a subject; never who, why, nor the minute of a gesture.
    `names_with`: the relations it goes through, read with the row. `quiet`: fields that say nothing to people (an address, a
    number of versions), for the copy alone unless a part names them.
    """

    model: str
    section: Section | None = None
    when: str | None = None
    sentence: tuple[Any, ...] = ()
    names: Callable[[Any], str] | None = None
    names_with: tuple[str, ...] = ()
    quiet: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Term:
    """A dated rule of retention about people's records: what a school keeps no longer, and what becomes of it (docs/decisions/0113).

    `due(school, day)`: the rows of `model` past their term on that day; a school, or None for what is of no school. `when`: the
    lookup of the day or moment a row is of. `people`: lookups to those whom a row is about; a row of somebody whose file is
    held stays. `erase(keys)` erases rows of these keys, and returns how many; without it they are deleted. `with_it`: the
    tables of which rows go with them. `offers`: the page where the school takes a copy first, and its name.

    `since`: the day from which the rule holds. A term that changes is another Term of the same `key`: the register shows both.
    `order`: that in which rules are executed, so that what points at a row goes before it.
    """

    key: str
    label: str
    keep: Retention
    model: str
    when: str
    since: date
    text: str
    due: Callable[[Any, date], Any]
    people: tuple[str, ...] = ()
    erase: Callable[[Sequence[int]], int] | None = None
    with_it: tuple[str, ...] = ()
    offers: tuple[str, str] | None = None
    order: int = 50


@dataclass(frozen=True)
class Ending:
    """How the rows of some tables of the personal data board end where no Term is about them, and why nobody confirms it.

    `by`: the key of the task of the `schedule` that erases them; or `within`, the table whose rows take them along (or whose
    row they blank with); neither: they stay, and `why` says for what reason.
    """

    models: tuple[str, ...]
    why: str
    by: str = ""
    within: str = ""


@dataclass(frozen=True)
class Measure:
    """A usage figure, counted without naming anyone: `count(school_id, from_day, to_day)`."""

    name: str
    count: Callable[[int, date, date], int]


@dataclass(frozen=True)
class PublicRoute:
    """A page open to anyone, and whether the sitemap names it.

    `addresses()`: where the page has one for each of many things, all of them. `and_below`: robots may read what is under
    each of these addresses too, which then need not be told to them one by one.
    `to_work_on`: it holds something to work on, which a teacher may put in a lesson.
    """

    url_name: str
    in_sitemap: bool = False
    addresses: Callable[[], Sequence[str]] | None = None
    and_below: bool = False
    to_work_on: bool = False


@dataclass(frozen=True)
class FrontLink:
    """What a visitor finds on the first page without an account: a name, a sentence, and a link to its public page.

    `drawing`: it has a door of its own, under this drawing. `searches`: the page that finds something by a word, « q ». `ways`: where
    to begin, each (name, a few words, address after that page, drawing). `tiles()`: things to open at once, in one statement.
    `at_door`: what is asked before all the rest stands beside the sign-in.
    """

    label: str
    text: str
    link_label: str
    url_name: str
    icon: str
    order: int = 50
    drawing: str = ""
    searches: str = ""
    ways: tuple[tuple[str, str, str, str], ...] = ()
    tiles: Callable[[], "Sequence[FrontTile]"] | None = None
    at_door: bool = False


@dataclass(frozen=True)
class FrontTile:
    """Something that a visitor opens at once: its name, its page, its cover, a line."""

    title: str
    href: str
    cover: str
    text: str
    facts: str = ""


@dataclass(frozen=True)
class Use:
    """Where something of the catalogue may be put to use (« Ajouter à une séance »): a link to the page that asks where exactly.

    That page is opened at `url_name` with the query `adresse` (a path of this site) and `titre`; it trusts neither.
    """

    label: str
    url_name: str
    icon: str
    open_to: Rule
    order: int = 50
    service: str = ""


@dataclass(frozen=True)
class OfflinePage:
    """A page that stands in, without a network, for those whose path matches `instead_of`. It is public and names nobody: the
    service worker keeps it with `files`; what it shows lies encrypted on the device (docs/decisions/0086).

    `feed`: the page that gives the device what to keep for whoever is signed in, and `open_to` says who that is; none where the page
    that it stands in for gives it, each time it is opened.
    """

    url_name: str
    instead_of: str
    feed: str
    open_to: Rule
    files: tuple[str, ...] = ()
    service: str = ""


@dataclass(frozen=True)
class Seed:
    """A domain's share of the demonstration: `plant(world)` fills a school that holds invented people.

    `refresh()` runs each time the demonstration starts, for what must always be fresh (a lesson going on now). `finish(world)` comes
    after every other share of every school, and after the accounts of visitors.
    """

    name: str
    plant: Callable[[Any], None]
    refresh: Callable[[], None] | None = None
    order: int = 50
    finish: Callable[[Any], None] | None = None


@dataclass(frozen=True)
class Service:
    """A service that a school may switch off, and the kinds of school it is for (empty: all).

    `namespaces` are those of its addresses: their pages do not exist where it is off. `text` says what it does.
    """

    key: str
    label: str
    text: str = ""
    namespaces: tuple[str, ...] = ()
    can_be_off: bool = True
    kinds: frozenset[str] = field(default_factory=frozenset)
    order: int = 50


@dataclass(frozen=True)
class Door:
    """What a key of access may open without a browser (docs/decisions/0119): the calendar of a telephone, files, a program.

    `text` says in a sentence, to whoever makes a key, what it lets be read; `open_to(viewer)` who may make one, and is asked again
    each time it is shown. `by`: "password" (login and key, HTTP Basic) or "token" (Bearer). `to_pupils`: pupils too, from the collège
    on. `how`: a template, part of the page that shows the key, which says how to set it up; it is given `login`. `most`: how many
    requests an account may make here in an hour. `service`: closed with it.
    """

    key: str
    label: str
    text: str
    open_to: Rule
    by: tuple[str, ...] = ("password",)
    to_pupils: bool = False
    how: str = ""
    most: int = 3000
    service: str = ""
    order: int = 50


@dataclass(frozen=True)
class ApiPart:
    """What a house gives to programs at `/api/v1/<key>` (docs/decisions/0119): a router of django-ninja with one reading, whose
    address is named `api_<key>`. `door`: the key of the Door that opens it.

    `also`: the names of its other readings. A part that is everybody's has no door: `guard` then stands before each of its
    readings, which are public routes, and `refusals` says what it may answer besides (docs/decisions/0123).
    """

    key: str
    router: Any
    door: str
    order: int = 50
    also: tuple[str, ...] = ()
    guard: Callable[[Callable[..., Any]], Callable[..., Any]] | None = None
    refusals: Mapping[int, str] = field(default_factory=dict)


class SettingsHeading(StrEnum):
    """The parts of the page of settings, in their order."""

    SCHOOL = "school"
    DAILY = "daily"
    ACCESS = "access"
    DATA = "data"


@dataclass(frozen=True)
class SettingsPage:
    """One page of « Réglages de l’établissement », named on their first page for whoever it opens to, under its heading.

    `words`: others by which one looks for it.
    """

    label: str
    text: str
    url_name: str
    icon: str
    open_to: Rule
    order: int = 50
    heading: SettingsHeading = SettingsHeading.SCHOOL
    words: str = ""


@dataclass(frozen=True)
class GroupLink:
    """A link of the page of a class or a group: where another room speaks of it. `address(pk)`; `open_to(viewer, group)`."""

    label: str
    address: Callable[[int], str]
    icon: str
    open_to: Rule
    order: int = 50
    service: str = ""


@dataclass(frozen=True)
class GroupFact:
    """A block of the page of a class or a group. `content(viewer, group)` gives the context of `template`, or None: it then leaves
    no trace. `more(viewer, group)`: the address of the page that says the rest, under `more_label`; "" for none.
    """

    key: str
    title: str
    template: str
    content: Callable[[Any, Any], Mapping[str, Any] | None]
    open_to: Rule
    more_label: str = ""
    more: Callable[[Any, Any], str] | None = None
    order: int = 50
    service: str = ""


@dataclass(frozen=True)
class PupilLink:
    """A gesture, or a page, of the record of a pupil: `address(public_id)` has the pupil chosen; `open_to(viewer)`.

    `follows_up`: it is also what one may do after having met the family.
    """

    label: str
    address: Callable[[str], str]
    icon: str
    open_to: Rule
    order: int = 50
    service: str = ""
    follows_up: bool = False


class Column(StrEnum):
    """Where a block of a pupil's record stands: beside the name, or in one of three columns, in this order."""

    NOW = "now"
    WHO = "who"
    PRESENCE = "presence"
    SCHOOL = "school"


@dataclass(frozen=True)
class PupilFact:
    """A block of the record of a pupil. `content(viewer, pupil)` gives the context of `template`, or None: it then leaves no trace.

    A guardian comes as the viewer of this child alone. All the blocks of a house read its tables once (`Viewer.found`): the whole
    record makes fourteen statements at most. `summary(context)`: a line that says it where it is folded, as all are on a phone
    but those that are `unfolded`. `more(viewer, pupil)`: the address of the page that says the rest, "" for none. `heading(context)`:
    its title where that changes.
    """

    key: str
    title: str
    template: str
    content: Callable[[Any, Any], Mapping[str, Any] | None]
    open_to: Rule
    column: Column = Column.SCHOOL
    icon: str = "info-circle"
    summary: Callable[[Mapping[str, Any]], str] | None = None
    heading: Callable[[Mapping[str, Any]], str] | None = None
    more_label: str = ""
    more: Callable[[Any, Any], str] | None = None
    unfolded: bool = False
    tone: str = "plain"
    order: int = 50
    service: str = ""


@dataclass(frozen=True)
class FirstStep:
    """One line of the guide that a person reads at their first visits: a gesture, and the page where it is done.

    `label` is a verb; `text` one sentence. `where`: how one comes to it, for a page that the menu does not name.
    """

    label: str
    text: str
    url_name: str
    open_to: Rule
    where: str = ""
    order: int = 50
    service: str = ""


class Nature(StrEnum):
    """How an act of parental authority is decided (Code civil, articles 372-2 and 373-2-1).

    USUAL: everyday life; one agreement is enough, towards third parties who act in good faith. NON_USUAL: breaks with the
    past or binds the child's future; everyone must agree. INFORMATION: nobody agrees, everyone is told.
    """

    USUAL = "usuel"
    NON_USUAL = "non usuel"
    INFORMATION = "information"


@dataclass(frozen=True)
class Act:
    """Something that a service asks of those who answer for a pupil, or tells them, and how it is decided.

    `label` is a verb or a noun that a family understands; who must be asked for a pupil is computed from the file
    (`directory.queries.whom_to_ask`).
    """

    key: str
    label: str
    nature: Nature
    order: int = 50
    service: str = ""


@dataclass(frozen=True)
class JournalWord:
    """What a verb of the journal means, in the words of its page. `says(details)` adds what changed, or "".

    A line on a row of the personal data board is read by whoever reads that row. `private`: no family reads it whatever the row,
    since the verb tells by itself what is not theirs yet. `formerly`: the verbs that said the same; sealed lines keep theirs.
    `names_nobody`: of a file taken away in which there is nobody (a table of hours). `touches_rights`: after it, somebody may come
    in or open something otherwise than before: open pages are looked at again.
    """

    verb: str
    label: str
    topic: str = ""
    says: Callable[[Mapping[str, Any]], str] | None = None
    private: bool = False
    formerly: tuple[str, ...] = ()
    names_nobody: bool = False
    touches_rights: bool = False


@dataclass(frozen=True)
class ReasonToRead:
    """Why staff open what a verb of reading names, in a sentence for the person whose file it is."""

    verb: str
    why: str


@dataclass(frozen=True)
class FileOwner:
    """Rows that hold files which people sent. `model` and `field` name what points at `files.StoredFile`: « homework.Paper »,
    « file ». `files(viewer)` is a QuerySet of the keys of the files that these rows show to the viewer: it goes through
    their own `visible_to`.

    `outlives`: the files are the school's (a lesson's documents): they stay when whoever sent them is erased.
    `read(viewer, file)`: called when somebody opens one, in the same GET: the journal's line of reading, where it is a pupil's.
    """

    model: str
    field: str
    files: Callable[[Any], Any]
    outlives: bool = False
    read: Callable[[Any, Any], None] | None = None
    service: str = ""


@dataclass(frozen=True)
class FilePicker:
    """Where somebody chooses, for a form, a file that they have already: the route of a page whose block
    `choisir-<field>` a form shows, given the name of its field as `champ`."""

    url_name: str
    open_to: Rule
    service: str = ""


@dataclass(frozen=True)
class Document:
    """A file that people sent, as a drive shows it: the name that it has there, and what `files.StoredFile` says of it. `facts`, `held`: as of
    a folder. `content`: the bytes themselves, of what a program has left for itself alone."""

    name: str
    public_id: str
    kind: str
    size: int
    digest: str
    kept_at: datetime
    facts: Mapping[str, Callable[[], Any]] = field(default_factory=dict)
    held: Any = None
    content: bytes | None = None


@dataclass(frozen=True)
class Folder:
    """A folder of a drive. `inside()` gives what lies in it, in one or two queries, only when it is opened.

    Of a folder in which one may write: `find(name)` gives what bears this name without opening it, `facts` more properties of it for
    WebDAV, `held` is how its service knows it, and `answers(request, steps)` what each writing method does at an address below it.
    """

    name: str
    inside: Callable[[], "Sequence[Folder | Document]"]
    find: "Callable[[str], Folder | Document | None] | None" = None
    facts: Mapping[str, Callable[[], Any]] = field(default_factory=dict)
    held: Any = None
    answers: Callable[[Any, tuple[str, ...]], Mapping[str, Callable[[], Any]]] | None = None


@dataclass(frozen=True)
class FolderSource:
    """A folder that a service puts in the drive of those to whom it opens: `inside(viewer)`, as for a Folder.

    Names come as they are; the drive makes them fit for every system, and different. A document is handed over by the rules of
    its own owner, whoever listed it (docs/decisions/0120). `at_top`: what it gives stands at the top itself, whose the seat is.
    """

    name: str
    inside: Callable[[Any], Sequence[Folder | Document]]
    open_to: Rule
    at_top: bool = False
    order: int = 50
    service: str = ""


@dataclass(frozen=True)
class Scheduled:
    """Work that comes back: the path of a task and how many minutes lie between two runs."""

    key: str
    task: Any
    every_minutes: int


@dataclass(frozen=True)
class Seals:
    """What SECRET_KEY seals in a table: `reseal(dry)` seals it again under the key of today and counts by standing (`foundation.resealing`)."""

    key: str
    reseal: Callable[[bool], Counter[str]]


@dataclass(frozen=True)
class KeptFile:
    """What a row says that MEDIA_ROOT holds: the path below it, its weight and digest where the row knows them. `must_be`: it is a fault when it is not there."""

    path: str
    size: int | None = None
    digest: str = ""
    must_be: bool = True


@dataclass(frozen=True)
class KeptFiles:
    """The files of a house that no column of files names, for `manage.py verify_files`."""

    key: str
    rows: Callable[[], Iterator[KeptFile]]


@dataclass(frozen=True)
class Ledger:
    """What lies beside the backups and is done again after one is restored: `write()` says it, signed; `read(contents)` checks signatures
    (ValueError with a sentence) and gives what does it again, which says in a sentence what it did."""

    key: str
    write: Callable[[], bytes]
    read: Callable[[Sequence[bytes]], Callable[[], str]]


@dataclass(frozen=True)
class AfterRestore:
    """What a house builds again once the rows are back; `act()` says in a sentence what it did."""

    key: str
    act: Callable[[], str]


@dataclass(frozen=True)
class Gauge:
    """A figure of a house for whoever runs the platform (`/metrics`): `read()` gives it, by the values of `labels` in their order. Nobody's name."""

    key: str
    words: str
    read: Callable[[], Mapping[tuple[str, ...], float]]
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Load:
    """What a gateway has to carry: what waits for its hour, what should have left, what failed at least once; since when, and the last success."""

    waiting: int
    late: int
    failing: int
    oldest: datetime | None = None
    last: datetime | None = None


@dataclass(frozen=True)
class Carrier:
    """A gateway by which things leave (mails, devices, text messages), for whoever runs the platform: counts, never people.

    `is_set()`: is it configured here? `unset` says how. `resend()` tries again now what is late or failed; returns how many.
    """

    key: str
    label: str
    load: Callable[[datetime], Load]
    resend: Callable[[], int]
    is_set: Callable[[], bool] = lambda: True
    unset: str = ""
    order: int = 50


@dataclass(frozen=True)
class Topic:
    """What an open page may hear of: « roll:12 » is of the topic `key`, about the number 12; « bell » is about its own viewer.

    `resolve(viewer, number)` gives the topic that actions `touch` (`foundation.live`), or None where this viewer may not read what the page
    shows of it; `number` is None where the page gives none.
    """

    key: str
    resolve: Callable[[Any, int | None], str | None]


menu: Registry[MenuEntry] = Registry(MenuEntry)
menu_sections: Registry[MenuSection] = Registry(MenuSection)
site_pages: Registry[SitePage] = Registry(SitePage)
cards: Registry[Card] = Registry(Card)
awaited: Registry[AwaitedSource] = Registry(AwaitedSource)
agenda: Registry[AgendaSource] = Registry(AgendaSource)
search: Registry[SearchSource] = Registry(SearchSource)
notification_kinds: Registry[NotificationKind] = Registry(NotificationKind)
personal_data: Registry[PersonalData] = Registry(PersonalData)
data_in_words: Registry[InWords] = Registry(InWords)
terms: Registry[Term] = Registry(Term)
endings: Registry[Ending] = Registry(Ending)
measures: Registry[Measure] = Registry(Measure)
offline_pages: Registry[OfflinePage] = Registry(OfflinePage)
public_routes: Registry[PublicRoute] = Registry(PublicRoute)
front_links: Registry[FrontLink] = Registry(FrontLink)
uses: Registry[Use] = Registry(Use)
# Sent with `route` and `place` (what the address holds) when a page of ours has been put to use in a class; never by whom.
put_to_use = Signal()
seeds: Registry[Seed] = Registry(Seed)
services: Registry[Service] = Registry(Service)
api: Registry[ApiPart] = Registry(ApiPart)
doors: Registry[Door] = Registry(Door)
settings_pages: Registry[SettingsPage] = Registry(SettingsPage)
group_links: Registry[GroupLink] = Registry(GroupLink)
group_facts: Registry[GroupFact] = Registry(GroupFact)
pupil_links: Registry[PupilLink] = Registry(PupilLink)
pupil_facts: Registry[PupilFact] = Registry(PupilFact)
first_steps: Registry[FirstStep] = Registry(FirstStep)
acts: Registry[Act] = Registry(Act)
journal_words: Registry[JournalWord] = Registry(JournalWord)
reasons_to_read: Registry[ReasonToRead] = Registry(ReasonToRead)
schedule: Registry[Scheduled] = Registry(Scheduled)
seals: Registry[Seals] = Registry(Seals)
kept_files: Registry[KeptFiles] = Registry(KeptFiles)
gauges: Registry[Gauge] = Registry(Gauge)
ledgers: Registry[Ledger] = Registry(Ledger)
after_restore: Registry[AfterRestore] = Registry(AfterRestore)
file_owners: Registry[FileOwner] = Registry(FileOwner)
file_pickers: Registry[FilePicker] = Registry(FilePicker)
folders: Registry[FolderSource] = Registry(FolderSource)
topics: Registry[Topic] = Registry(Topic)
carriers: Registry[Carrier] = Registry(Carrier)


def offered(board: Iterable[Any], viewer: Any) -> Iterator[tuple[Any, Any]]:
    """The entries of a board whose service is open to the viewer, each with the viewer as that service sees them."""
    for entry in board:
        if not entry.service:
            yield entry, viewer
        elif viewer.offers(entry.service):
            yield entry, viewer.within(entry.service)


def journal_words_by_verb() -> dict[str, JournalWord]:
    """The word of each verb that a line may bear, those of sealed lines too."""
    return {verb: word for word in journal_words for verb in (word.verb, *word.formerly)}


def service_at(namespace: str) -> str:
    """The key of the service whose pages live under this namespace of addresses, else ""."""
    return next((service.key for service in services if namespace and namespace in service.namespaces), "")
