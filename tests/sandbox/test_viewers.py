from __future__ import annotations

import json
import re
import threading

import pytest

from tests.sandbox.people import Channel, World, fresh
from tests.sandbox.server import SandboxServer

SOUND = re.compile(r"voz|audio|doblaje|oye|diálogo|escucha|frase", re.IGNORECASE)
GRUMBLES = re.compile(r"robot|labios no|subtítulos|traducción|voz de viejo|nombre en cada|tapa las voces")
MOMENT = re.compile(r"0:0[2-4]|\b[234]\b")


def stage(name: str) -> dict[str, str]:
    """The same stage in every run, for an audience draws its words from stage and film."""
    return {"handle": f"stage-{name}", "external_id": f"UC{name:x<22}"}


def remarks(world: World, channel: Channel, data: bytes, *, count: int = 200) -> list[str]:
    video = channel.publish(data)
    channel.status(video)
    world.server.control("POST", "viewers", {"external_id": video, "comments": count})
    found: list[str] = []
    token: dict[str, str] = {}
    while True:
        query = {"part": "snippet,replies", "videoId": video, "maxResults": 100, "textFormat": "plainText", **token}
        page = channel.call("GET", "commentThreads", **query).json()
        found += [one["snippet"]["topLevelComment"]["snippet"]["textDisplay"] for one in page["items"]]
        if "nextPageToken" not in page:
            return found
        token = {"pageToken": page["nextPageToken"]}


def share(texts: list[str]) -> float:
    return sum(bool(SOUND.search(text)) and not GRUMBLES.search(text) for text in texts) / len(texts)


def test_viewers_complain_of_a_hole_in_the_sound_and_stop_when_it_is_mended(
    world: World, clip: bytes, holed_clip: bytes
) -> None:
    channel = world.channel(language="es", **stage("es"))
    before, after = (remarks(world, channel, data) for data in (holed_clip, clip))
    assert 0.2 < share(before) < 0.4
    assert share(after) < 0.05
    named = [text for text in before if SOUND.search(text) and MOMENT.search(text)]
    assert len(named) > 0.3 * share(before) * len(before)


@pytest.mark.parametrize(
    ("language", "letters"), [("ar", "[\u0600-\u06ff]"), ("id", "nggak|banget|suara|nonton|drama")]
)
def test_viewers_write_in_the_language_of_the_stage(world: World, clip: bytes, language: str, letters: str) -> None:
    texts = remarks(world, world.channel(language=language, **stage(language)), clip, count=120)
    assert sum(bool(re.search(letters, text)) for text in texts) > 12


def test_the_same_film_on_the_same_stage_hears_the_same_words(tmp_path, clip: bytes) -> None:
    said = []
    for name in ("one", "two"):
        with SandboxServer(tmp_path / name) as server:
            world = World(server)
            channel = world.channel(**stage("twice"))
            said.append(sorted(remarks(world, channel, clip, count=40)))
    assert said[0] == said[1]


def test_views_grow_with_the_hours_and_bring_comments(own_world: World, clip: bytes) -> None:
    channel = own_world.channel(audience=500_000)
    channel.publish(fresh(clip))
    own_world.server.control("POST", "viewers", {})
    own_world.server.travel(hours=2)
    own_world.server.control("POST", "viewers", {"ticks": 3})
    entry = own_world.books(channel.id)[0]
    assert entry["views"] > 1000
    assert 20 < entry["comments"] <= 180


def test_two_crowds_at_once_say_nothing_twice(own_world: World, clip: bytes) -> None:
    channel = own_world.channel(audience=2_000_000)
    channel.publish(fresh(clip))
    own_world.server.control("POST", "viewers", {})
    own_world.server.travel(hours=1)
    crowds = [threading.Thread(target=own_world.server.manage, args=("simulate_viewers", "--once")) for _ in "ab"]
    for crowd in crowds:
        crowd.start()
    for crowd in crowds:
        crowd.join()
    entry = own_world.books(channel.id)[0]
    state = own_world.server.control("GET", "state")
    assert sum(state["comments"].values()) == entry["comments"] > 0


def test_a_fault_nobody_knows_is_refused_by_name(world: World) -> None:
    with pytest.raises(AssertionError, match="no fault named 'earthquake'"):
        world.fault("earthquake")


def test_an_account_asked_for_again_is_the_same_with_new_keys(world: World) -> None:
    first = world.channel(handle="again", title="One")
    second = world.channel(handle="again", title="Two")
    assert (first.id, second.facts["title"]) == (second.id, "Two")
    assert json.dumps(first.keys) != json.dumps(second.keys)
