"""Stored films go in ranges to those who may see them, and to nobody else."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User

from catalog.models import Clip, Partner, PartnerMember
from catalog.rules import ranges
from catalog.services import editions


@pytest.mark.parametrize(
    ("header", "span"),
    [
        ("", None),
        ("bytes=0-", (0, 999)),
        ("bytes=100-199", (100, 199)),
        ("bytes=900-5000", (900, 999)),
        ("bytes=-100", (900, 999)),
        ("bytes=-5000", (0, 999)),
        ("bytes=0-1,5-6", None),
        ("bytes=9-3", None),
        ("lines=1-2", None),
        ("bytes=-", None),
    ],
)
def test_a_range_is_read_as_the_standard_says(header, span):
    found = ranges.asked(header, size=1000)
    assert found == (ranges.Span(*span) if span else None)


@pytest.mark.parametrize("header", ["bytes=1000-", "bytes=2000-3000", "bytes=-0"])
def test_a_range_outside_of_the_file_is_unsatisfiable(header):
    with pytest.raises(ranges.Unsatisfiable):
        ranges.asked(header, size=1000)


def person(name: str, *, partner: Partner | None = None, is_staff: bool = False, rights: tuple[str, ...] = ()) -> User:
    user = User.objects.create_user(name, password="x", is_staff=is_staff)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    if partner is not None:
        PartnerMember.objects.create(partner=partner, user=user)
    return user


@pytest.fixture
def master(edition, film, store):
    return editions.deliver(edition, files={1: film(seed=1)}, note="", by=None).masters.get()


def ask(client, name, **headers):
    answer = client.get(f"/media/{name}", headers=headers)
    return answer, b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_staff_with_the_right_seek_in_a_film(client, master, store):
    client.force_login(person("operator", is_staff=True, rights=("view_master",)))
    whole = (store / master.file.name).read_bytes()
    answer, body = ask(client, master.file.name)
    assert (answer.status_code, answer["Accept-Ranges"], answer["Content-Type"]) == (200, "bytes", "video/mp4")
    assert body == whole
    answer, body = ask(client, master.file.name, range="bytes=1000-1999")
    assert (answer.status_code, answer["Content-Range"]) == (206, f"bytes 1000-1999/{len(whole)}")
    assert body == whole[1000:2000]
    answer, _body = ask(client, master.file.name, range=f"bytes={len(whole)}-")
    assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{len(whole)}")


def test_a_partner_sees_its_own_film_and_no_other_does(client, master, vendor, supplier):
    stranger = Partner.objects.create(name="Other Dubs", is_vendor=True)
    for name, partner, status in [("voz", vendor, 200), ("bright", supplier, 200), ("other", stranger, 404)]:
        # Being staff by mistake opens nothing to a partner's person.
        client.force_login(person(name, partner=partner, is_staff=True, rights=("view_master",)))
        assert ask(client, master.file.name)[0].status_code == status, name


def test_whoever_is_not_signed_in_is_sent_to_sign_in(client, master):
    answer, _body = ask(client, master.file.name)
    assert answer.status_code == 302 and "/login/" in answer["Location"]


@pytest.mark.parametrize(
    "facts", [{"is_staff": True}, {"rights": ("view_master",)}, {"is_staff": True, "rights": ("view_clip",)}]
)
def test_an_account_without_role_or_right_sees_nothing(client, master, facts):
    client.force_login(person("somebody", **facts))
    assert ask(client, master.file.name)[0].status_code == 404


@pytest.mark.parametrize(
    "name",
    ["imports/secret.csv", "../dramaport.sqlite3", "masters/../../x.mp4", "masters/aa/" + "a" * 32 + ".mp4", "x"],
)
def test_only_films_and_pictures_that_are_there_are_served(admin_client, store, name):
    assert ask(admin_client, name)[0].status_code == 404


def test_a_clip_is_shown_by_its_content_to_its_own_partner_alone(client, master, vendor, store):
    key = "c" * 64
    clip = Clip.objects.create(
        edition=master.version.edition,
        version=master.version,
        kind="episode",
        first_episode=1,
        last_episode=1,
        content_key=key,
    )
    name = f"clips/cc/{key}.mp4"
    (store / name).parent.mkdir(parents=True)
    (store / name).write_bytes(b"0123456789")
    client.force_login(person("voz", partner=vendor))
    assert ask(client, name)[1] == b"0123456789"
    client.force_login(person("other", partner=Partner.objects.create(name="Other", is_vendor=True)))
    assert ask(client, name)[0].status_code == 404
    assert clip.content_key in name
