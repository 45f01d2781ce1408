"""All settings, read from the environment; safe for production unless told otherwise.

`docs/operations.md` lists every variable. A secret may come from a file: `SECRET_KEY_FILE=/run/secrets/key`.
"""

import logging
import os
import secrets
import tomllib
from importlib import metadata
from pathlib import Path

import structlog
from csp.constants import NONCE, NONE, SELF
from django.contrib.messages import constants as message_levels

from preau.foundation import db, logs
from preau.foundation.environment import Environment, refuse

env = Environment()
BASE_DIR = Path(__file__).resolve().parent.parent
# A wheel holds here what lies outside of preau/ in a folder of the code (pyproject.toml). It has no folder of its own to write in.
WHEEL = BASE_DIR / "preau" / "wheel"
FRONT_END, GUIDES = BASE_DIR / "build" / "static", BASE_DIR / "docs" / "guides"
if WHEEL.is_dir():
    FRONT_END, GUIDES = WHEEL / "static", WHEEL / "guides"
    if not env.str("VAR_DIR", default=""):
        refuse("VAR_DIR is not set: the folder where Préau writes (docs/operations.md).")
# The number of what runs (docs/upgrades.md): pyproject.toml says it, and a wheel what pyproject.toml said when it was built.
VERSION: str = (
    metadata.version("preau")
    if WHEEL.is_dir()
    else tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]["version"]
)
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
try:
    VAR_DIR.mkdir(parents=True, exist_ok=True)
except OSError as error:
    refuse(f"VAR_DIR cannot be made ({VAR_DIR}: {error.strerror}).")
# Where an académie leaves its deliveries (docs/operations.md); none unless told.
DELIVERIES_DIR = Path(found) if (found := env.str("DELIVERIES_DIR", default="")) else None
# Where `manage.py backup` writes, for which keys of age, and for how many days; who alone may open the keys of this site.
BACKUP_DIR = Path(found) if (found := env.str("BACKUP_DIR", default="")) else None
BACKUP_RECIPIENTS = env.list("BACKUP_RECIPIENTS", default=[])
BACKUP_KEYS_RECIPIENTS = env.list("BACKUP_KEYS_RECIPIENTS", default=[])
# Said by an operator who keeps SECRET_KEY elsewhere themselves.
BACKUP_KEYS_ELSEWHERE = env.bool("BACKUP_KEYS_ELSEWHERE", default=False)
BACKUP_KEEP_DAYS = env.int("BACKUP_KEEP_DAYS", default=30)
# Between the word of two operators and the erasure of a school at the end of its contract.
CONTRACT_END_DAYS = env.int("CONTRACT_END_DAYS", default=30)
# Passwords that nobody may choose any more: the operator's own list (`identity.leaked`).
LEAKED_PASSWORDS = Path(found) if (found := env.str("LEAKED_PASSWORDS", default="")) else None


def local_secret(folder: Path) -> str:
    """A secret key made once for this machine, so that a demonstration's sessions outlive a restart."""
    path = folder / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()


# DEMO opens the page of sent letters and the list of demonstration accounts: invented people only.
DEMO = env.bool("DEMO", default=False)
DEBUG = env.bool("DEBUG", default=False)
# Former keys, which still open what they sealed (`foundation.sealed`) and what they signed.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
SECRET_KEY = env.str("SECRET_KEY", default="") or (local_secret(VAR_DIR) if DEMO or DEBUG else "")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# HTTPS is the rule; a demonstration on one's own machine has no certificate.
HTTPS = env.bool("HTTPS", default=not (DEBUG or DEMO))
TRUSTED_PROXY = env.bool("TRUSTED_PROXY", default=False)

INSTALLED_APPS = [
    # First, for its own `createsuperuser` hides that of the framework.
    "preau.identity",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "django_structlog",
    "django_tasks",
    "django_tasks_db",
    "preau.foundation",
    "preau.directory",
    "preau.commons.journal",
    "preau.commons.files",
    "preau.commons.drive",
    "preau.commons.documents",
    "preau.commons.outbox",
    "preau.commons.search",
    "preau.commons.privacy",
    "preau.commons.delivery",
    "preau.commons.questions",
    "preau.commons.asking",
    "preau.commons.notifications",
    "preau.commons.agenda",
    "preau.commons.works",
    "preau.commons.live",
    "preau.commons.platform",
    "preau.commons.signon",
    "preau.commons.lti",
    "preau.commons.federation",
    "preau.commons.media",
    # A domain leaves with its folder and its line here.
    "preau.domains.timetable",
    "preau.domains.catalogue",
    "preau.domains.attendance",
    "preau.domains.homework",
    "preau.domains.gradebook",
    "preau.domains.scenarios",
    "preau.domains.mediacentre",
    "preau.domains.exams",
    "preau.domains.conduct",
    "preau.domains.events",
    "preau.domains.campaigns",
    "preau.domains.attention",
    "preau.domains.records",
    "preau.domains.competences",
    "preau.domains.report_cards",
    "preau.domains.messaging",
    "preau.domains.spaces",
    "preau.domains.liaison",
    "preau.domains.surveys",
    "preau.domains.paperwork",
    "preau.domains.appointments",
    "preau.portal",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "preau.foundation.http.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "preau.foundation.away.AwayMiddleware",
    "preau.foundation.readonly.ReadOnlyGetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "preau.identity.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "preau.identity.middleware.ViewerMiddleware",
    "preau.foundation.http.WrongMethodMiddleware",
    "preau.foundation.http.UploadMiddleware",
    "preau.foundation.access.AccessMiddleware",
]

ROOT_URLCONF = "preau.urls"
WSGI_APPLICATION = "preau.wsgi.application"

# Pages are Jinja2; Django's own engine only serves e-mails.
TEMPLATES = [
    {
        "BACKEND": "preau.foundation.templating.Jinja2Rooms",
        "NAME": "pages",
        "DIRS": [BASE_DIR / "preau" / "foundation" / "ui" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "environment": "preau.foundation.templating.environment",
            "context_processors": [
                "django.contrib.messages.context_processors.messages",
                "preau.foundation.templating.form_inputs",
                "preau.portal.shell.shell",
            ],
        },
    },
    {"BACKEND": "django.template.backends.django.DjangoTemplates", "NAME": "mail", "APP_DIRS": True},
]
FORM_RENDERER = "django.forms.renderers.Jinja2"

DATABASES = {"default": db.configure(env.database(f"sqlite:///{VAR_DIR / 'preau.sqlite3'}"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SESSION_ENGINE = "preau.identity.store"

AUTH_USER_MODEL = "identity.Account"
AUTHENTICATION_BACKENDS = ["preau.identity.backends.AccountBackend"]
PASSWORD_HASHERS = ["preau.identity.hashers.Argon2id"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "identity:sign_in"
LOGIN_REDIRECT_URL = "portal:home"
CONFIRM_URL, RESUME_URL = "identity:confirm", "identity:resume"

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français")]
TIME_ZONE = "Europe/Paris"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
try:
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)
except OSError as error:
    refuse(f"VAR_DIR cannot be written ({VAR_DIR}: {error.strerror}).")
STATICFILES_DIRS = [FRONT_END] if FRONT_END.is_dir() else []
STORAGES = {
    "default": {"BACKEND": "preau.foundation.storage.WholeFiles"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if not env.bool("HASHED_STATIC", default=not DEBUG)
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
MEDIA_ROOT = VAR_DIR / "media"
# For how long a public page drawn for one visitor serves the next ones; 0: never.
SHARED_PAGES_SECONDS = env.int("SHARED_PAGES_SECONDS", default=0 if DEBUG or DEMO else 60)
# Where the web server finds the files of people, when it is to send them itself: « /fichiers-internes/ » (docs/operations.md).
FILES_ACCEL = env.str("FILES_ACCEL", default="")
# Who reads what people send, on the machine: whoever runs Préau, and its group when the web server sends the bytes.
FILES_MODE, FOLDERS_MODE = (0o640, 0o750) if FILES_ACCEL else (0o600, 0o700)
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = FILES_MODE, FOLDERS_MODE
# What one school may keep of them, in gigabytes.
FILES_GIGABYTES = env.int("FILES_GIGABYTES", default=50)
# Films, sounds and documents shown in pages: the heaviest file, in megabytes; what one person and the platform keep, in gigabytes.
MEDIA_MEGABYTES = env.int("MEDIA_MEGABYTES", default=2048)
MEDIA_PERSON_GIGABYTES = env.int("MEDIA_PERSON_GIGABYTES", default=20)
MEDIA_GIGABYTES = env.int("MEDIA_GIGABYTES", default=200)
# An antivirus to ask about each file, « host:port »; none unless told.
CLAMD = env.str("CLAMD", default="")
FILE_UPLOAD_HANDLERS = [
    "preau.foundation.uploads.Ceiling",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
# Forms say their own limit, beside the field; past this one, the request is not read.
DATA_UPLOAD_MAX_NUMBER_FILES = 1_000

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

EMAIL_CONFIG = env.email("EMAIL_URL", default="smtp://localhost:25")
vars().update(EMAIL_CONFIG)
if DEMO:
    EMAIL_BACKEND = "preau.commons.outbox.backend.OutboxBackend"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Préau <ne-pas-repondre@localhost>")
# The address written in mails, where there is no request to read it from.
PUBLIC_URL = env.str("PUBLIC_URL", default="http://localhost:8000").rstrip("/")

# One process holds the streams of open pages (`manage.py run_live`); without it, they ask every five seconds.
LIVE = env.bool("LIVE", default=DEMO)
# Where browsers find it, when it is not under the address of this site.
LIVE_URL = env.str("LIVE_URL", default="").rstrip("/")

# Minutes for which the letter of an absence waits, so that a pupil who comes in late is corrected before their family reads it.
ABSENCE_LETTERS_WAIT = env.int("ABSENCE_LETTERS_WAIT", default=10)

# Text messages to families (docs/sms.md): the class that takes them, none unless told; the demonstration keeps them.
SMS_GATEWAY = env.str("SMS_GATEWAY", default="preau.commons.outbox.sms.OutboxGateway" if DEMO else "")
# For the gateway over HTTPS: its address, what it knows this site by, who the messages come from, seconds to wait for it.
SMS_URL = env.str("SMS_URL", default="")
SMS_TOKEN = env.str("SMS_TOKEN", default="")
SMS_SENDER = env.str("SMS_SENDER", default="")
SMS_TIMEOUT = env.int("SMS_TIMEOUT", default=10)
# Messages that one school may pay in a day; the rest leaves the next day.
SMS_PER_DAY = env.int("SMS_PER_DAY", default=500)

# Virtual classes (docs/operations.md): the class that opens rooms, none unless told; the demonstration stands in for a server.
MEETING_SERVER = env.str(
    "MEETING_SERVER", default="preau.domains.spaces.providers.standin.StandIn" if DEMO else ""
)
# Of BigBlueButton: the address of its API, and the secret that it shares with this site (`bbb-conf --secret`).
BBB_URL = env.str("BBB_URL", default="").rstrip("/")
BBB_SECRET = env.str("BBB_SECRET", default="")

# The translation of words of the notebook by a machine (docs/operations.md): the class that asks for it, none unless told.
TRANSLATOR = env.str("TRANSLATOR", default="")
# Of LibreTranslate: the address of its server, and the key that it asks for.
TRANSLATOR_URL = env.str("TRANSLATOR_URL", default="").rstrip("/")
TRANSLATOR_KEY = env.str("TRANSLATOR_KEY", default="")

# Where visitors get the source of what runs here: the AGPL (section 13) asks for it, of a changed version above all.
SOURCE_URL = env.str("SOURCE_URL", default="")

# Whoever scrapes the figures of this site shows it (`Authorization: Bearer …`); without it there are none at /metrics.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
if METRICS_TOKEN:
    # Read by prometheus-client when it is imported: what several processes count is one.
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(VAR_DIR / "metrics"))
    (VAR_DIR / "metrics").mkdir(exist_ok=True)
    MIDDLEWARE.insert(0, "preau.foundation.metrics.PagesMiddleware")

# Two extras (docs/decisions/0184), without which nothing leaves: the Sentry that is told of faults, the collector that receives traces of pages.
SENTRY_DSN = env.address("SENTRY_DSN", "sentry_sdk")
OTLP_ENDPOINT = env.address("OTEL_EXPORTER_OTLP_ENDPOINT", "opentelemetry.instrumentation.django")

# Who runs this site, for the pages that the law asks for (docs/operations.md). Missing ones: `check --deploy`.
OPERATOR = {
    name: env.str(name, default="")
    for name in (
        "OPERATOR_NAME",
        "OPERATOR_ADDRESS",
        "OPERATOR_DIRECTOR",
        "OPERATOR_HOST",
        "OPERATOR_CONTACT",
        "OPERATOR_PRIVACY",
    )
}

# How long a service has to show the ticket of somebody who comes with their account here: ten seconds to five minutes.
SIGNON_TICKET_SECONDS = min(max(env.int("SIGNON_TICKET_SECONDS", default=60), 10), 300)
# Services on this machine, without a certificate: for whoever develops one. Never in production.
SIGNON_LOOPBACK = env.bool("SIGNON_LOOPBACK", default=DEBUG)

# Devices may install Préau and keep its files (never a page that names someone). Off: they drop what they kept.
INSTALLABLE = env.bool("INSTALLABLE", default=True)

# The sites of the GAR: a list of resources may lead nowhere else (names below them are theirs). « example » is nobody's, for the demonstration.
GAR_HOSTS = env.list("GAR_HOSTS", default=["gar.education.fr", "gar.example"])
# Notices pushed to the devices that people chose: only with a key of this site (`manage.py vapid_key` makes one).
VAPID_PRIVATE_KEY = env.str("VAPID_PRIVATE_KEY", default="")
# Whom a push service may write to about what this site sends.
VAPID_SUBJECT = env.str("VAPID_SUBJECT", default="") or PUBLIC_URL
# The only hosts to which a notice is sent, whatever address a browser gives; `*.` stands for any name below.
PUSH_HOSTS = env.list(
    "PUSH_HOSTS",
    default=[
        "fcm.googleapis.com",
        "updates.push.services.mozilla.com",
        "*.push.services.mozilla.com",
        "*.notify.windows.com",
        "web.push.apple.com",
    ],
)

PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{PREFIX}session"
CSRF_COOKIE_NAME = f"{PREFIX}csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# Messages live in the session: a cookie would carry pupils' names.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
MESSAGE_TAGS = {message_levels.ERROR: "danger"}
CSRF_FAILURE_VIEW = "preau.foundation.views.csrf_failure"

SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^sante/", r"^metrics$"]
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if TRUSTED_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "media-src": [SELF],
        "connect-src": [SELF, LIVE_URL] if LIVE_URL else [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

LOGGING = logs.configuration(level=env.str("LOG_LEVEL", default="INFO"), readable=DEBUG or DEMO)
structlog.configure(**logs.structlog_configuration())
DJANGO_STRUCTLOG_USER_ID_FIELD = None
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
# One line an answer: « request_finished » says all that « request_started » does, and its status.
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
