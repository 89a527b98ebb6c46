"""The catalog's pages: who may, what they show, how many questions they ask of the database."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.models import Clip, Drama, Edition, EditionVersion, Episode, Genre, Master, Partner, PartnerKey, Rights
from catalog.services import editions, qc
from config.kernel import clock

NOUNS = ("drama", "edition", "editionversion", "clip", "master", "rights", "partner", "genre", "qccheck")


def url(noun: str, page: str = "changelist", *args) -> str:
    return reverse(f"admin:catalog_{noun}_{page}", args=args)


def staff(client, *rights: str) -> User:
    user = User.objects.create_user("operator", password="x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="catalog", codename__in=rights))
    client.force_login(user)
    return user


def fill(count: int, supplier: Partner, vendor: Partner, start: int = 0) -> None:
    """Dramas with everything that a list shows of them, without any film."""
    now = clock.now()
    for n in range(start, start + count):
        drama = Drama.objects.create(
            code=f"DR-{n:04d}",
            original_name=f"name {n}",
            original_language="zh-Hans",
            tier="A",
            age_rating=12,
            origin="live",
            supplier=supplier,
        )
        drama.genres.set(Genre.objects.all())
        Rights.objects.create(drama=drama, opens_at=now)
        edition = Edition.objects.create(
            drama=drama, language="es", kind="dubbed", voice="ai", vendor=vendor, title=f"título {n}"
        )
        version = EditionVersion.objects.create(edition=edition, number=1, status="releasable", delivered_at=now)
        qc.open_gates(version)
        episode = Episode.objects.create(drama=drama, number=1)
        master = Master.objects.create(
            version=version,
            episode=episode,
            file="masters/x.mp4",
            sha256=f"{n:064d}",
            size_bytes=1,
            duration_ms=1000,
            width=1,
            height=1,
            frame_rate=25,
            video_codec="h264",
        )
        clip = Clip.objects.create(
            edition=edition, version=version, kind="episode", first_episode=1, last_episode=1, content_key=f"{n:064d}"
        )
        clip.segments.create(position=0, master=master, in_ms=0, out_ms=1000)
        PartnerKey.objects.create(partner=vendor, name="k", prefix=f"p{n}", digest="d", created_at=now)


@pytest.mark.parametrize("noun", NOUNS)
def test_a_list_asks_as_many_questions_for_many_rows_as_for_few(admin_client, supplier, vendor, noun):
    Genre.objects.create(slug="romance", name="Romance")

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert admin_client.get(url(noun)).status_code == 200
        return len(seen)

    fill(3, supplier, vendor)
    asked()  # the first page of a process fills caches
    few = asked()
    fill(12, supplier, vendor, start=3)
    assert asked() == few < 25


@pytest.mark.parametrize("noun", NOUNS)
def test_a_list_is_closed_without_its_right_and_open_with_it(client, db, noun):
    user = staff(client)
    assert client.get(url(noun)).status_code == 403
    user.user_permissions.set(Permission.objects.filter(codename=f"view_{noun}", content_type__app_label="catalog"))
    assert client.get(url(noun)).status_code == 200


@pytest.mark.parametrize("noun", NOUNS)
def test_an_empty_list_says_what_to_do_and_an_empty_search_does_not(admin_client, db, noun):
    hint = re.compile(r"Nothing here yet</h2>\s*<p[^>]*>.{20,}</p>")
    assert hint.search(admin_client.get(url(noun)).content.decode())
    assert not hint.search(admin_client.get(url(noun), {"q": "zzz"}).content.decode())


@pytest.mark.parametrize("noun", NOUNS)
def test_every_page_of_a_row_opens(admin_client, supplier, vendor, noun):
    Genre.objects.create(slug="romance", name="Romance")
    fill(1, supplier, vendor)
    model = {
        one._meta.model_name: one for one in (Drama, Edition, EditionVersion, Clip, Master, Rights, Partner, Genre)
    }
    row = (model.get(noun) or EditionVersion.objects.get().qc_checks.model)._default_manager.first()
    assert admin_client.get(url(noun, "change", row.pk)).status_code == 200
    assert admin_client.get(url(noun), {"q": "name"}).status_code == 200


@pytest.mark.parametrize(
    ("noun", "query", "found"),
    [
        ("drama", "needs=rights", 0),
        ("drama", "needs=edition", 0),
        ("drama", "in_use=yes", 1),
        ("drama", "in_use=no", 0),
        ("drama", "original=zh-Hans", 1),
        ("edition", "state=releasable", 1),
        ("edition", "state=empty", 0),
        ("edition", "state=refused", 0),
        ("edition", "language=es", 1),
        ("edition", "ai=open", 1),
        ("edition", "ai=yes", 0),
        ("rights", "window=open", 1),
        ("rights", "window=closed", 0),
        ("clip", "status__exact=waiting", 1),
        ("clip", "language=ar", 0),
        ("editionversion", "status__exact=releasable", 1),
    ],
)
def test_a_filter_answers_its_question(admin_client, supplier, vendor, noun, query, found):
    fill(1, supplier, vendor)
    answer = admin_client.get(f"{url(noun)}?{query}")
    assert answer.status_code == 200 and answer.context["cl"].result_count == found


def test_dramas_are_retired_in_bulk_with_a_count(admin_client, supplier, vendor):
    fill(2, supplier, vendor)
    chosen = {"action": "retire", "_selected_action": list(Drama.objects.values_list("pk", flat=True))}
    answer = admin_client.post(url("drama"), chosen, follow=True)
    assert "2 done, 0 skipped" in answer.content.decode()
    assert not Drama.objects.active().exists()
    assert Drama.history.first().history_change_reason == "retired"
    assert "0 done, 2 skipped" in admin_client.post(url("drama"), chosen, follow=True).content.decode()


def test_a_reader_is_offered_no_action_and_a_typed_one_does_nothing(client, supplier, vendor):
    fill(1, supplier, vendor)
    staff(client, "view_drama", "view_clip")
    client.post(url("drama"), {"action": "retire", "_selected_action": [Drama.objects.get().pk]})
    client.post(url("clip"), {"action": "retire", "_selected_action": [Clip.objects.get().pk]})
    assert Drama.objects.active().count() == 1 and Clip.objects.get().status == "waiting"


def test_a_delivery_is_handed_in_by_form_and_judged_by_button(client, edition, film, store, drain_jobs):
    staff(client, "view_edition", "view_editionversion", "add_editionversion", "change_qccheck")
    page = reverse("admin:catalog_edition_deliver", args=[edition.pk])
    files = {f"episode_{n}": film(seed=n) for n in (1, 2, 3)}
    answer = client.post(page, {"note": "first", **files})
    version = EditionVersion.objects.get()
    assert answer["Location"] == url("editionversion", "change", version.pk) and version.note == "first"
    drain_jobs()
    check = version.qc_checks.get(gate="watched")
    judge = reverse("admin:catalog_qccheck_judge", args=[version.pk, check.pk])
    assert client.get(judge).status_code == 405
    client.post(judge, {"verdict": "passed", "evidence": "fine"})
    version.refresh_from_db()
    assert version.status == "releasable"


def test_a_bad_film_is_told_at_its_field_and_nothing_is_kept(admin_client, edition, film, store):
    page = reverse("admin:catalog_edition_deliver", args=[edition.pk])
    letter = film(seed=1)
    letter.name, letter.file = "letter.mp4", type(letter.file)(b"Dear all" * 50)
    letter.size = 400
    answer = admin_client.post(page, {"note": "", "episode_2": letter})
    assert "“letter.mp4” cannot be read as a film" in answer.content.decode()
    assert "at least one file" in admin_client.post(page, {"note": ""}).content.decode()
    assert not EditionVersion.objects.exists()


@pytest.mark.parametrize("rights", [("view_edition",), ("view_edition", "change_edition")])
def test_only_who_may_deliver_delivers(client, edition, rights):
    staff(client, *rights)
    assert client.get(reverse("admin:catalog_edition_deliver", args=[edition.pk])).status_code == 403


def test_only_who_may_judge_judges(client, edition, film, store):
    version = editions.deliver(edition, files={1: film(seed=1)}, note="", by=None)
    staff(client, "view_editionversion", "view_qccheck")
    check = version.qc_checks.get(gate="watched")
    assert client.post(reverse("admin:catalog_qccheck_judge", args=[version.pk, check.pk])).status_code == 403
    assert "Pass</button>" not in client.get(url("editionversion", "change", version.pk)).content.decode()


def test_a_clip_plays_in_its_page_with_its_cut_list(admin_client, edition, film, store, drain_jobs):
    version = editions.deliver(edition, files={n: film(seed=n) for n in (1, 2, 3)}, note="", by=None)
    qc.run_automatic(version)
    qc.judge(version.qc_checks.get(gate="watched"), verdict="passed", evidence="", by=None)
    drain_jobs()
    clip = Clip.objects.get(kind="compilation")
    page = admin_client.get(url("clip", "change", clip.pk)).content.decode()
    assert f'data-player src="/media/{clip.file.name}"' in page
    assert 'data-seek="3"' in page and "catalog/player.js" in page
    master = version.masters.get(episode__number=2)
    assert url("master", "change", master.pk) in page
    made = admin_client.get(url("master", "change", master.pk)).content.decode()
    assert url("clip", "change", clip.pk) in made


def test_a_key_is_shown_once(admin_client, vendor):
    page = reverse("admin:catalog_partner_issue_key", args=[vendor.pk])
    answer = admin_client.post(page, {"name": "script", "can_write": "on"})
    secret = re.search(r"dp_[0-9a-f]{10}_[\w-]+", answer.content.decode())[0]
    assert "no-store" in answer["Cache-Control"]
    shown_later = admin_client.get(url("partner", "change", vendor.pk)).content.decode()
    assert secret not in shown_later and PartnerKey.objects.get().prefix in shown_later
    key = PartnerKey.objects.get()
    admin_client.post(reverse("admin:catalog_partnerkey_revoke", args=[vendor.pk, key.pk]))
    key.refresh_from_db()
    assert key.revoked_at is not None


def test_only_who_may_issue_keys_issues_them(client, vendor):
    staff(client, "view_partner", "change_partner")
    assert client.post(reverse("admin:catalog_partner_issue_key", args=[vendor.pk]), {"name": "x"}).status_code == 403
    assert not PartnerKey.objects.exists()


HEADER = "code,original_name,original_language,tier,age_rating,origin,supplier\n"


def upload(text: str):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return {"file": SimpleUploadedFile("dramas.csv", text.encode())}


def test_an_import_is_looked_at_first_and_saved_on_confirmation(admin_client, supplier, store):
    page = reverse("admin:catalog_drama_import_table")
    answer = admin_client.post(page, upload(HEADER + "DR-0009,长夜,zh-Hans,A,12,live,Bright Films\n"))
    assert answer.context["to_do"] == 1 and not Drama.objects.exists()
    token = answer.context["form"].initial["token"]
    assert admin_client.post(page, {"token": token})["Location"] == url("drama")
    assert Drama.objects.get().code == "DR-0009"
    assert not list((store / "imports").iterdir())


def test_a_refused_row_saves_nothing_until_told_so(admin_client, supplier, store):
    page = reverse("admin:catalog_drama_import_table")
    rows = "DR-0009,x,zh-Hans,A,12,live,Bright Films\nDR-0010,x,zh-Hans,Z,12,live,Bright Films\n"
    answer = admin_client.post(page, upload(HEADER + rows))
    assert "column “tier”, “Z”" in answer.content.decode()
    token = answer.context["form"].initial["token"]
    admin_client.post(page, {"token": token})
    assert not Drama.objects.exists()
    admin_client.post(page, {"token": token, "skip_refused": "on"})
    assert Drama.objects.get().code == "DR-0009"


def test_a_file_that_is_no_table_is_told_at_its_field(admin_client, store):
    answer = admin_client.post(reverse("admin:catalog_drama_import_table"), upload("hello\nworld\n"))
    assert "does not name the columns" in answer.content.decode()


def test_an_import_asks_for_the_rights_to_what_it_brings(client, supplier, store):
    staff(client, "view_drama", "add_drama")
    page = reverse("admin:catalog_drama_import_table")
    answer = client.post(page, upload(HEADER + "DR-0009,x,zh-Hans,A,12,live,Bright Films\n"))
    assert answer.status_code == 403 and not (store / "imports").exists()


def test_a_token_of_another_person_saves_nothing(admin_client, client, supplier, store):
    page = reverse("admin:catalog_drama_import_table")
    answer = admin_client.post(page, upload(HEADER + "DR-0009,x,zh-Hans,A,12,live,Bright Films\n"))
    token = answer.context["form"].initial["token"]
    staff(client, "view_drama", "add_drama", "change_drama")
    for wrong in (token, "forged"):
        assert "waited for too long" in client.post(page, {"token": wrong}, follow=True).content.decode()
    assert not Drama.objects.exists()


@pytest.mark.parametrize(("page", "start"), [("export_csv", b"\xef\xbb\xbfcode,"), ("export_xlsx", b"PK")])
def test_an_export_is_a_file_of_what_the_import_reads(admin_client, drama, page, start):
    answer = admin_client.get(reverse(f"admin:catalog_drama_{page}"))
    assert answer.content.startswith(start) and "attachment" in answer["Content-Disposition"]


def test_rights_are_typed_as_a_list_and_a_wrong_country_is_named(admin_client, drama):
    typed = {
        "drama": drama.pk,
        "territories": "mx, ES",
        "platforms": "*",
        "languages": "*",
        "opens_at_0": "2026-01-01",
        "opens_at_1": "00:00",
    }
    answer = admin_client.post(url("rights", "add"), {**typed, "territories": "MX, Q9"})
    assert "“Q9” is no country code" in answer.content.decode() and not Rights.objects.exists()
    admin_client.post(url("rights", "add"), typed)
    assert Rights.objects.get().territories == ["ES", "MX"]


def test_the_board_counts_for_those_who_may_see(admin_client, client, supplier, vendor):
    fill(2, supplier, vendor)
    page = admin_client.get(reverse("admin:index")).content.decode()
    assert "of 2 editions releasable" in page and f"{url('clip')}?status__exact=waiting" in page
    staff(client, "view_drama")
    assert "editions releasable" not in client.get(reverse("admin:index")).content.decode()
