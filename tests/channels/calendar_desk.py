"""The calendar as its readers meet it: its page, the cells of a row, a deed asked of it."""

from __future__ import annotations

import json
import re
from datetime import timedelta

from django.urls import reverse

from tests.channels import stage


def planned(channel, *, days=0.0, drama="DR-0001", **more):
    """One publication of a drama of its own, so many days from Monday noon."""
    clip = stage.a_clip(stage.an_edition(stage.a_drama(drama)))
    return stage.a_publication(channel, clip, due_in=timedelta(days=days), **more)


def page(browser, **asked):
    answer = browser.get(reverse("admin:channels_calendar"), asked)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def row(html, name):
    """The cells of one row, each as the texts in it."""
    [found] = [one for one in re.findall(r"<tr.*?</tr>", html, re.S) if f">{name}<" in one]
    return [re.sub(r"<[^>]+>", "", one).strip() for one in re.findall(r"<td.*?</td>", found, re.S)]


def column(html, name):
    """The numbers of the columns in which something stands."""
    return [place for place, text in enumerate(row(html, name)) if text]


def do(browser, **said):
    address = reverse("admin:channels_calendar_deed")
    return browser.post(address, json.dumps(said), content_type="application/json")
