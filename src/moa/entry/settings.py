"""Django settings. Secrets come from the environment or from files of the state folder, never from here."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from moa.entry.database import database_settings, state_dir
from moa.entry.logs import logging_settings
from moa.entry.own_lists import name_own_lists

STATE_DIR: Path = state_dir()
name_own_lists()


def _flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def _secret(name: str) -> str:
    """From the variable, or from the file that NAME_FILE names, as service managers hand secrets over."""
    path = os.environ.get(f"{name}_FILE")
    return Path(path).read_text("utf-8").strip() if path else os.environ.get(name, "")


DEBUG = _flag("MOA_DEBUG_PAGES")
SECRET_KEY: str = _secret("MOA_SECRET_KEY")
if not SECRET_KEY:
    from moa.control.secret_files import secret_text

    SECRET_KEY = secret_text(STATE_DIR, "secret_key")

# This machine itself always may ask, as its monitoring does.
ALLOWED_HOSTS = [
    *dict.fromkeys(
        [*filter(None, os.environ.get("MOA_HOSTS", "").split(",")), "127.0.0.1", "localhost", "[::1]"]
    )
]
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("MOA_ORIGINS", "").split(",") if origin]
BEHIND_TLS = _flag("MOA_TLS")


# What a monitoring system shows as "Authorization: Bearer …" at /metrics; without it only this machine may read there.
METRICS_TOKEN = _secret("MOA_METRICS_TOKEN")
# Where mails go (control/mail_transport.py says the forms); empty, and always in a demo, a folder takes them.
SMTP_URL = _secret("MOA_SMTP_URL")
MAIL_FROM = os.environ.get("MOA_MAIL_FROM", "moa@localhost")
# A time stamping authority (RFC 3161) for the seals of closings, and the certificate that it or its issuer has (PEM file).
TSA_URL = os.environ.get("MOA_TSA_URL", "")
TSA_CERTIFICATE = os.environ.get("MOA_TSA_CERTIFICATE", "")
# The address of this site as persons type it, for links in mails; without it mails have none.
PUBLIC_URL = os.environ.get("MOA_PUBLIC_URL", "").rstrip("/")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "procrastinate.contrib.django",
    "moa.ui",
    "moa.control",
    "moa.directory",
    "moa.ledger",
    "moa.accounts",
    "moa.channels",
    "moa.reconciliation",
    "moa.payments",
    "moa.reports",
    "moa.entry",
]
MIDDLEWARE = [
    "moa.entry.request_frame.RequestFrame",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "moa.entry.api.frame.ApiFrame",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "moa.control.web.language.LanguageMiddleware",
    "moa.entry.plain_addresses.PlainAddresses",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "moa.entry.try_limits.TryLimits",
]
ROOT_URLCONF = "moa.entry.urls"
WSGI_APPLICATION = "moa.entry.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,
        "OPTIONS": {
            "environment": "moa.ui.environment.environment",
            "context_processors": ["moa.entry.shell.shell"],
        },
    },
    {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": False, "OPTIONS": {}},
]

DATABASES: dict[str, dict[str, Any]] = database_settings()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PROCRASTINATE_ON_APP_READY = "moa.control.jobs.on_app_ready"

AUTH_USER_MODEL = "control.Identity"
AUTHENTICATION_BACKENDS = ["moa.control.web.signing_in.IdentityBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
LOGIN_URL = "/signin"
SESSION_ENGINE = "moa.control.web.session_store"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SESSION_COOKIE_NAME = "moa_session"
CSRF_COOKIE_NAME = "moa_csrf"
# Forms carry the token themselves; no script needs to read the cookie.
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "moa.entry.error_pages.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

LANGUAGE_CODE = "ko"
LANGUAGES = [("ko", "한국어"), ("zh-hans", "简体中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "moa_language"
LOCALE_PATHS = [Path(__file__).resolve().parents[3] / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Seoul"

STATIC_URL = "/static/"
STATICFILES_DIRS = [Path(__file__).resolve().parents[1] / "ui" / "static" / "dist"]
STATICFILES_DIRS = [folder for folder in STATICFILES_DIRS if folder.is_dir()]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 3600

# Uploads stay inside the state folder while they come in; the limit is checked before a byte is understood.
UPLOAD_LIMIT_BYTES = int(os.environ.get("MOA_UPLOAD_LIMIT_BYTES", str(200 * 1000 * 1000)))
SHEET_LIMIT_BYTES = int(os.environ.get("MOA_SHEET_LIMIT_BYTES", str(150 * 1000 * 1000)))
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1000 * 1000
FILE_UPLOAD_TEMP_DIR = str(STATE_DIR / "incoming")
(STATE_DIR / "incoming").mkdir(parents=True, exist_ok=True, mode=0o700)
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# How often one machine token may be shown in a minute, counted in the database over all processes.
API_REQUESTS_PER_MINUTE = int(os.environ.get("MOA_API_REQUESTS_PER_MINUTE", "600"))

# Multiplies the limits of entry/try_limits.py, for a house where very many sit behind one address.
TRY_LIMIT_FACTOR = max(1, int(os.environ.get("MOA_TRY_LIMIT_FACTOR", "1")))

# For machines, or for a person at a terminal.
LOGGING = logging_settings(
    os.environ.get("MOA_LOG_LEVEL", "WARNING").upper(), as_json=not sys.stderr.isatty()
)
