"""The pages of the system: news, routines, processes, and the people who work here."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_q.models import Failure, OrmQ, Schedule, Success
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from config.kernel.admin.pages import Page, ReadOnlyPage, ago, link
from config.kernel.models import News, ProcessLife, Routine

LEVEL_COLOURS = {"info": "info", "warning": "warning", "error": "danger"}


@admin.register(News)
class NewsPage(ReadOnlyPage):
    empty_hint = _("Nothing out of the ordinary happened yet.")
    list_display = ["at", "shown_level", "shown_sentence"]
    list_filter = ["level", "code"]
    search_fields = ["sentence"]
    list_display_links = None

    @display(description=_("level"), label=LEVEL_COLOURS)
    def shown_level(self, row: News) -> tuple[str, str]:
        return row.level, row.get_level_display()

    @admin.display(description=_("what happened"))
    def shown_sentence(self, row: News) -> str:
        return link(row.url, row.sentence) if row.url else row.sentence


@admin.register(Routine)
class RoutinePage(ReadOnlyPage):
    empty_hint = _("No routine was laid out yet: start the ticker.")
    list_display = ["name", "shown_health", "shown_ended", "shown_next", "result"]
    list_filter = ["failed"]

    @display(description=_("health"), label={"ok": "success", "failed": "danger"})
    def shown_health(self, row: Routine) -> tuple[str, str]:
        return ("failed", _("failed")) if row.failed else ("ok", _("well"))

    @admin.display(description=_("last ended"))
    def shown_ended(self, row: Routine) -> str:
        return ago(row.ended_at)

    @admin.display(description=_("next"))
    def shown_next(self, row: Routine) -> str:
        return ago(row.next_at)


@admin.register(ProcessLife)
class ProcessPage(ReadOnlyPage):
    empty_hint = _("No process was seen yet: start the web, the worker and the ticker.")
    list_display = ["role", "host", "pid", "shown_state", "started_at", "seen_at", "ended_at"]
    list_filter = ["role", "was_killed"]

    @display(description=_("state"), label={"runs": "success", "ended": "info", "killed": "danger"})
    def shown_state(self, row: ProcessLife) -> tuple[str, str]:
        if row.was_killed:
            return "killed", _("ended without a word")
        return ("ended", _("ended")) if row.ended_at else ("runs", _("running"))


for model in (User, Group, Schedule, Success, Failure, OrmQ):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


@admin.register(User)
class PersonPage(UserAdmin, Page):  # type: ignore[misc, type-arg]
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["username", "email", "first_name", "last_name", "is_staff", "shown_roles"]

    def get_queryset(self, request: HttpRequest):  # type: ignore[no-untyped-def]
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description=_("roles"))
    def shown_roles(self, row: User) -> str:
        return ", ".join(group.name for group in row.groups.all()) or "–"


@admin.register(Group)
class RolePage(GroupAdmin, Page):  # type: ignore[misc, type-arg]
    pass


@admin.register(Failure)
class FailurePage(ReadOnlyPage):
    empty_hint = _("No job failed.")
    list_display = ["name", "func", "started", "stopped"]
    search_fields = ["name", "func"]
