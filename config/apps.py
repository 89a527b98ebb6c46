from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class RoofConfig(AppConfig):
    """The roof: checks and roles, which speak of every app and which no app knows. Listed last in INSTALLED_APPS."""

    name = "config"
    label = "roof"
    verbose_name = _("Installation")

    def ready(self) -> None:
        from config import checks, roles  # noqa: F401  (importing registers the checks)

        post_migrate.connect(roles.apply, sender=self, dispatch_uid="roof.roles")
