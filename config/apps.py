from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class RoofConfig(AppConfig):
    """The roof: checks and roles, which speak of every app and which no app knows. Listed last in INSTALLED_APPS."""

    name = "config"
    label = "roof"
    verbose_name = _("Installation")

    def ready(self) -> None:
        from config import checks, roles  # noqa: F401  (importing registers the checks)

        # The last app with tables: by then the rights of all apps exist.
        post_migrate.connect(roles.apply, sender=apps.get_app_config("moderation"), dispatch_uid="roof.roles")
