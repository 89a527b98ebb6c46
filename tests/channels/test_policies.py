"""Each kind of rule on texts and clips of several languages: no database, the values alone."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from channels.rules import reasons
from channels.rules.policies import demands, packs
from channels.rules.policies.around import Around, Neighbour
from channels.rules.policies.items import Item
from channels.rules.policies.kinds import KINDS
from channels.rules.policies.packs import Pack
from channels.rules.policies.rulebook import Rulebook

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def an_item(**more):
    told = {
        "clip": 1, "channel": 1, "drama": 1, "platform": "youtube", "language": "es", "countries": ("MX",),
        "due_at": NOON, "title": "La novia | Episodio 1", "description": "Una historia.", "tags": ("drama",),
        "marker": "dp0123456789ab", "duration_ms": 60_000, "tier": "A", "origin": "live", "voice": "none",
        "must_label": False, "synthetic_media": False, "made_for_kids": False,
    } | more  # fmt: skip
    return Item(**({"day": told["due_at"].date()} | told))


def a_rule(kind, **params):
    return {"code": "rule", "kind": kind, **params}


def a_pack(*rules, **more):
    told = {
        "code": "pack", "version": 1, "platform": "", "countries": (), "languages": (),
        "starts_on": date(2020, 1, 1), "ends_on": None,
    } | more  # fmt: skip
    return Pack(**told, rules=packs.read(rules))


def judge(rule, item, neighbours=(), *, both_ways=False):
    (verdict,) = Rulebook([a_pack(rule)]).judge(item, Around(neighbours, both_ways=both_ways))
    return verdict


def a_neighbour(hours, *, clip=2, **more):
    told = {
        "key": clip, "channel": 1, "clip": clip, "drama": clip, "platform": "youtube", "language": "es",
        "at": NOON + timedelta(hours=hours), "title": f"Otra {clip}",
    } | more  # fmt: skip
    return Neighbour(**told)


@pytest.mark.parametrize(
    ("field", "missing"),
    [
        ("title", {"title": " "}),
        ("description", {"description": ""}),
        ("tags", {"tags": ()}),
        ("ai_disclosure", {"synthetic_media": None}),
        ("made_for_kids", {"made_for_kids": None}),
        ("thumbnail", {"has_thumbnail": False}),
        ("language", {"language": ""}),
    ],
)
def test_a_required_field_that_is_empty_is_named(field, missing):
    rule = a_rule("required_field", fields=[field])
    assert judge(rule, an_item()).holds is False
    verdict = judge(rule, an_item(**missing))
    assert (verdict.holds, verdict.reason["fields"]) == (True, [field])


@pytest.mark.parametrize(
    ("platform", "limit", "text", "passes"),
    [
        ("youtube", {"title": 10}, {"title": "áéíóúñ¿¡ab"}, True),
        ("youtube", {"title": 10}, {"title": "áéíóúñ¿¡abc"}, False),
        ("youtube", {"description": 9}, {"description": "短剧集"}, True),
        ("youtube", {"description": 9}, {"description": "短剧集!"}, False),
        ("youtube", {"tags": 23}, {"tags": ("a b", "cd")}, True),
        ("youtube", {"tags": 22}, {"tags": ("a b", "cd")}, False),
        ("youtube", {"caption": 1}, {"title": "long enough"}, True),
        ("tiktok", {"title": 1}, {"title": "long enough"}, True),
        ("tiktok", {"caption": 21}, {"title": "😀😀", "tags": ()}, True),
        ("tiktok", {"caption": 19}, {"title": "😀😀", "tags": ()}, False),
    ],
)
def test_texts_are_measured_as_the_platform_measures_them(platform, limit, text, passes):
    assert judge(a_rule("text_limits", **limit), an_item(platform=platform, **text)).passed is passes


@pytest.mark.parametrize(
    ("word", "title", "found"),
    [
        ("judi", "Judi Online", True),
        ("judi", "Judika menyanyi", False),
        ("judi*", "Perjudian", False),
        ("*judi*", "Perjudian", True),
        ("judi", "ＪＵＤＩ gratis", True),
        ("judi", "ju\u200bdi gratis", True),
        ("judi", "ju\u00addi!", True),
        ("slot gacor", "SLOT   gacor hari ini", True),
        ("straße", "STRASSE der Liebe", True),
        ("赌博", "网络赌博的代价", True),
        ("赌博", "网络赌 博的代价", True),
        ("賭博", "网络赌博的代价", False),
        ("kasino", "私はkasinoへ行く", True),
        ("カジノ", "ｶｼﾞﾉの夜", True),
        ("การพนัน", "เว็บการพนันออนไลน์", True),
        ("도박", "도박을 끊은 남자", True),
        ("도박", "소도박사", False),
        ("قمار", "لعب قِمـار الليل", True),
        ("قمار", "أقمار السماء", False),
        ("जुआ", "जुआ खेलना", True),
        ("जुआ", "जुआरी की कहानी", False),
        ("казино", "КАЗИНО любви", True),
        ("казино", "казинов", False),
        ("18+", "Solo 18+ hoy", True),
    ],
)
def test_a_banned_word_is_found_in_its_script_and_never_inside_another(word, title, found):
    verdict = judge(a_rule("banned_words", words=[word]), an_item(title=title))
    assert verdict.holds is found
    if found:
        assert verdict.reason["hits"][0] | {"excerpt": ""} == {"word": word, "where": "title", "excerpt": ""}


def test_a_banned_word_counts_only_where_the_rule_looks():
    rule = a_rule("banned_words", words=["love"], where=["title"])
    assert judge(rule, an_item(description="love", tags=("love",))).passed
    everywhere = judge(a_rule("banned_words", words=["love"]), an_item(description="love", tags=("true love",)))
    assert [hit["where"] for hit in everywhere.reason["hits"]] == ["description", "tags"]


@pytest.mark.parametrize(("seconds", "passes"), [(29.9, False), (30, True), (90, True), (90.2, False)])
def test_a_clip_is_neither_shorter_nor_longer_than_the_market_takes(seconds, passes):
    rule = a_rule("length", least_seconds=30, most_seconds=90)
    assert judge(rule, an_item(duration_ms=int(seconds * 1000))).passed is passes


def test_of_too_many_lookalikes_it_is_the_last_that_is_stopped():
    rule = a_rule("sameness", days=14, most_per_language=2, most_per_channel=1)
    others = [a_neighbour(-24, clip=2, channel=2, whole=7), a_neighbour(24, clip=3, channel=3, whole=7)]
    assert judge(rule, an_item(whole=7), others).passed
    third = an_item(clip=3, channel=3, whole=7, due_at=NOON + timedelta(hours=24))
    mine = a_neighbour(0, clip=1, whole=7)
    assert judge(rule, third, [*others, mine]).reason["code"] == "policy_lookalikes_language"


@pytest.mark.parametrize(
    ("other", "passes"),
    [
        ({"channel": 1, "whole": 7}, False),
        ({"channel": 2, "whole": 7}, True),
        ({"channel": 1, "whole": 8}, True),
        ({"channel": 1, "whole": 0}, True),
        ({"channel": 1, "whole": 7, "hours": -14 * 24}, True),
        ({"channel": 1, "whole": 7, "hours": -14 * 24 + 1}, False),
        ({"channel": 2, "whole": 7, "language": "pt"}, True),
    ],
)
def test_a_lookalike_on_the_same_channel_is_one_too_many(other, passes):
    rule = a_rule("sameness", days=14, most_per_language=2, most_per_channel=1)
    told = {"hours": -24} | other
    assert judge(rule, an_item(whole=7), [a_neighbour(told.pop("hours"), **told)]).passed is passes


@pytest.mark.parametrize(
    ("titles", "passes"),
    [
        (["She married the hidden billionaire, part 3"] * 4, False),
        (["She married the hidden billionaire, part 3"] * 2 + ["Stars over Kyoto", "A quiet harbour"], True),
        (["SHE MARRIED the hidden\u200b billionaire: part 12"] * 4, False),
        (["The cook of the north", "Stars over Kyoto", "A quiet harbour", "Rain"], True),
    ],
)
def test_a_channel_whose_titles_come_from_one_template_is_told(titles, passes):
    rule = a_rule("template", of_last=10, from_count=4, most_percent=50, likeness=80)
    item = an_item(title="She married the hidden billionaire, part 9")
    others = [a_neighbour(-n, clip=10 + n, title=title) for n, title in enumerate(titles, start=1)]
    assert judge(rule, item, others).passed is passes


def test_nearly_identical_chinese_titles_are_seen_without_spaces():
    rule = a_rule("template", of_last=10, from_count=2, most_percent=0, likeness=70)
    others = [a_neighbour(-n, clip=10 + n, title=f"霸道总裁的隐婚娇妻第{n}集") for n in (1, 2)]
    assert judge(rule, an_item(title="霸道总裁的隐婚娇妻第88集"), others).holds
    assert judge(rule, an_item(title="雨夜里的老街"), others).passed


def test_episodes_of_one_drama_are_a_series_unless_the_rule_counts_them():
    series = [a_neighbour(-n, clip=10 + n, drama=1, title=f"La novia | Episodio {n}") for n in (1, 2, 3)]
    strict = a_rule("template", of_last=10, from_count=2, most_percent=50, count_same_drama=True)
    assert judge(a_rule("template", of_last=10, from_count=2, most_percent=50), an_item(), series).passed
    assert judge(strict, an_item(), series).holds


@pytest.mark.parametrize(
    ("hours", "most", "passes"),
    [((-1, -2, -23.9), 4, True), ((-1, -2, -23.9), 3, False), ((-1, -2, -24), 3, True), ((-1, 1, 2), 2, True)],
)
def test_a_channel_posts_so_many_in_any_24_hours_and_no_more(hours, most, passes):
    others = [a_neighbour(hour, clip=n) for n, hour in enumerate(hours, start=2)]
    assert judge(a_rule("cadence", most_per_day=most), an_item(), others).passed is passes


def test_a_move_may_not_make_another_one_too_many():
    rule, others = a_rule("cadence", most_per_day=2), [a_neighbour(1, clip=2), a_neighbour(2, clip=3)]
    assert judge(rule, an_item(), others).passed
    assert judge(rule, an_item(), others, both_ways=True).holds


def test_uploads_keep_their_minutes_apart_and_the_one_that_leaves_does_not_count():
    rule = a_rule("cadence", gap_minutes=20)
    assert judge(rule, an_item(), [a_neighbour(-0.25)]).reason["minutes"] == 15
    assert judge(rule, an_item(), [a_neighbour(-0.34)]).passed
    assert judge(rule, an_item(replaces=2), [a_neighbour(-0.25, clip=2)]).passed


@pytest.mark.parametrize(
    ("params", "item", "people", "passes"),
    [
        ({}, {}, 0, False),
        ({}, {}, 1, True),
        ({"people": 2}, {}, 1, False),
        ({"tiers": ["S"], "people": 2}, {"tier": "A"}, 0, True),
        ({"tiers": ["S"], "people": 2}, {"tier": "S"}, 1, False),
        ({"labelled": True}, {"synthetic_media": True}, 0, False),
        ({"origins": ["ai"]}, {"origin": "ai"}, 0, False),
        ({}, {}, None, True),
    ],
)
def test_people_must_have_seen_what_the_rule_is_about(params, item, people, passes):
    assert judge(a_rule("review", **params), an_item(people=people, **item)).passed is passes


@pytest.mark.parametrize(
    ("params", "item", "passes"),
    [
        ({"as_answered": True}, {"must_label": True}, False),
        ({"as_answered": True}, {"must_label": True, "synthetic_media": True}, True),
        ({"as_answered": True}, {"origin": "ai", "voice": "ai"}, True),
        ({"origins": ["ai"]}, {"origin": "ai"}, False),
        ({"voices": ["ai"]}, {"voice": "ai"}, False),
        ({"voices": ["ai"]}, {"voice": "human"}, True),
    ],
)
def test_what_must_be_labelled_as_ai_is(params, item, passes):
    assert judge(a_rule("synthetic_label", **params), an_item(**item)).passed is passes


def test_a_rule_that_only_warns_fails_and_holds_nothing():
    verdict = judge(a_rule("length", least_seconds=90, severity="warn"), an_item())
    assert (verdict.passed, verdict.warns, verdict.holds) == (False, True, False)


@pytest.mark.parametrize(
    ("where", "concerned"),
    [
        ({"platform": "tiktok"}, False),
        ({"countries": ("MX", "AR")}, True),
        ({"countries": ("ID",)}, False),
        ({"languages": ("es",)}, True),
        ({"languages": ("id",)}, False),
    ],
)
def test_a_pack_concerns_its_platform_its_countries_and_its_languages(where, concerned):
    book = Rulebook([a_pack(a_rule("length", most_seconds=1), **where)])
    assert bool(book.judge(an_item(), Around())) is concerned


def test_simplified_and_traditional_chinese_are_two_languages():
    book = Rulebook([a_pack(a_rule("length", most_seconds=1), languages=("zh-Hans",))])
    assert [bool(book.judge(an_item(language=tag), Around())) for tag in ("zh-Hans", "zh-Hant")] == [True, False]


def test_what_is_planned_over_a_switch_date_is_judged_by_the_rules_of_its_day():
    rules = [
        a_rule("length", most_seconds=50) | {"code": "old", "ends_on": "2026-03-01"},
        a_rule("length", most_seconds=70) | {"code": "new", "starts_on": "2026-03-02"},
    ]
    book = Rulebook([a_pack(*rules)])
    days = (date(2026, 3, 1), date(2026, 3, 2))
    assert [[one.rule for one in book.judge(an_item(day=day), Around())] for day in days] == [
        ["pack.old"],
        ["pack.new"],
    ]


def test_a_pack_ends_with_its_last_day():
    book = Rulebook([a_pack(a_rule("length", most_seconds=1), ends_on=date(2026, 3, 2))])
    days = (date(2026, 3, 2), date(2026, 3, 3))
    assert [len(book.judge(an_item(day=day), Around())) for day in days] == [1, 0]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"code": "a", "kind": "nothing"}, "kind: “nothing” is none of these"),
        ({"code": "A b", "kind": "length", "most_seconds": 1}, "code: A name has small letters"),
        ({"code": "a", "kind": "banned_words", "words": []}, "words: At least one word is needed."),
        ({"code": "a", "kind": "banned_words", "words": ["**"]}, "words: “**” is no word."),
        ({"code": "a", "kind": "length", "most_seconds": 0}, "most_seconds: 0 does not lie between 1 and 50000."),
        ({"code": "a", "kind": "length", "most_seconds": "9"}, "most_seconds: “9” is not a whole number."),
        ({"code": "a", "kind": "length"}, "At least one of these is needed: least_seconds, most_seconds."),
        ({"code": "a", "kind": "length", "least_seconds": 9, "most_seconds": 3}, "no clip is both."),
        ({"code": "a", "kind": "length", "most_seconds": 3, "mots": 1}, "mots: This kind of rule has no such field."),
        ({"code": "a", "kind": "required_field", "fields": ["ttle"]}, "fields: “ttle” is none of these"),
        ({"code": "a", "kind": "cadence", "most_per_day": 0}, "most_per_day: 0 does not lie between"),
        ({"code": "a", "kind": "length", "most_seconds": 3, "severity": "maybe"}, "severity: “maybe” is none of"),
        ({"code": "a", "kind": "length", "most_seconds": 3, "starts_on": "soon"}, "starts_on: This is not a day"),
        (
            {"code": "a", "kind": "length", "most_seconds": 3, "starts_on": "2026-02-01", "ends_on": "2026-01-01"},
            "ends_on: It ends before it starts.",
        ),
        ({"code": "a", "kind": "template", "of_last": 3, "most_percent": 5, "from_count": 9}, "only count from 9"),
        ("no rule", "It is no rule."),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_by_its_name_and_field(rule, said):
    (fault,) = packs.faults([rule])
    assert str(fault).startswith("Rule 1 (") and said in str(fault)


def test_two_rules_of_one_name_and_a_pack_without_rules_are_refused():
    twice = [a_rule("length", most_seconds=3), a_rule("length", most_seconds=4)]
    assert [str(fault) for fault in packs.faults(twice)] == [
        "Rule 2 (rule), code: Another rule of this pack has that name."
    ]
    assert [fault.sentence for fault in packs.faults([])] == ["A pack without rules asks nothing."]


def test_the_planner_is_told_the_strictest_of_what_holds_in_its_days():
    book = Rulebook(
        [
            a_pack(
                {"code": "a", "kind": "cadence", "most_per_day": 20, "gap_minutes": 10},
                {"code": "b", "kind": "cadence", "most_per_day": 2, "severity": "warn"},
                {"code": "c", "kind": "cadence", "most_per_day": 5, "starts_on": "2026-04-01"},
                {"code": "d", "kind": "sameness", "days": 14, "most_per_language": 3},
                {"code": "e", "kind": "sameness", "days": 7, "most_per_channel": 1},
            ),
            a_pack({"code": "z", "kind": "cadence", "most_per_day": 1}, code="other", platform="tiktok"),
        ]
    )
    where = {"platform": "youtube", "language": "es", "countries": ["MX"]}
    march = book.caps(**where, first=date(2026, 3, 1), last=date(2026, 3, 31))
    spring = book.caps(**where, first=date(2026, 3, 1), last=date(2026, 4, 1))
    assert (march.most_per_day, march.gap, spring.most_per_day) == (20, timedelta(minutes=10), 5)
    assert (march.sameness.days, march.sameness.most_per_language, march.sameness.most_per_channel) == (14, 3, 1)


@pytest.mark.parametrize(
    ("kind", "params"),
    [
        ("required_field", {"fields": ["title"]}),
        ("text_limits", {"title": 100, "caption": 5}),
        ("banned_words", {"words": ["a"]}),
        ("length", {"least_seconds": 3}),
        ("sameness", {"days": 3, "most_per_channel": 1}),
        ("template", {"of_last": 5, "most_percent": 50}),
        ("cadence", {"most_per_hour": 3, "gap_minutes": 5}),
        ("review", {"tiers": ["S"], "people": 2}),
        ("synthetic_label", {"origins": ["ai"], "voices": ["ai"]}),
    ],
)
def test_every_kind_of_rule_says_in_words_what_it_asks_and_what_it_found(kind, params):
    (rule,) = packs.read([a_rule(kind, **params)])
    item = an_item(title="", duration_ms=1000, origin="ai", tier="S", people=0, whole=4)
    verdict = judge(a_rule(kind, **params), item, [a_neighbour(-0.01, clip=n, whole=4) for n in range(2, 9)])
    for said in (demands.demand(rule), reasons.sentence(verdict.reason)):
        assert said[0] == said[0].upper() and said.endswith(".") and "%(" not in said and "policy_" not in said
    assert kind in KINDS


def test_the_paper_tells_every_kind_of_rule_with_its_fields():
    text = (Path(__file__).resolve().parents[2] / "docs/policies.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| ([\w, ]+) \| ", text.split("## The kinds of rules")[1], re.MULTILINE)
    assert dict(rows) == {name: ", ".join(one.name for one in kind.params) for name, kind in KINDS.items()}
