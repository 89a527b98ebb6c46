"""What the recipes cut from episodes of given lengths."""

from __future__ import annotations

import pytest

from catalog.rules import recipes
from catalog.rules.recipes import Take


def by_name(lengths_ms):
    found: dict[str, list[tuple[Take, ...]]] = {}
    for cut in recipes.cuts(lengths_ms):
        found.setdefault(cut.recipe.name, []).append(cut.takes)
    return found


def test_every_episode_becomes_a_clip_of_its_whole_length():
    assert by_name({2: 90_000, 1: 60_000})["episode"] == [(Take(1, 0, 60_000),), (Take(2, 0, 90_000),)]


def test_the_hook_shows_the_close_of_the_first_five_episodes():
    (hook,) = by_name(dict.fromkeys(range(1, 9), 120_000))["hook"]
    assert hook == tuple(Take(number, 108_000, 120_000) for number in (1, 2, 3, 4, 5))
    assert sum(take.out_ms - take.in_ms for take in hook) == 60_000


def test_the_hook_takes_at_most_a_third_of_a_short_episode():
    assert by_name({1: 9_000})["hook"] == [(Take(1, 6_000, 9_000),)]


def test_a_flash_is_no_moment():
    assert "hook" not in by_name({1: 1_200})


@pytest.mark.parametrize(("episodes", "shown"), [(1, None), (2, (1, 2)), (10, (1, 10)), (80, (1, 10))])
def test_the_compilation_has_the_first_ten_episodes_and_two_at_least(episodes, shown):
    cuts = [
        cut for cut in recipes.cuts(dict.fromkeys(range(1, episodes + 1), 60_000)) if cut.recipe.name == "compilation"
    ]
    assert [(cut.first_episode, cut.last_episode) for cut in cuts] == ([shown] if shown else [])


def test_nothing_delivered_makes_nothing():
    assert recipes.cuts({}) == []


def test_the_same_lengths_give_the_same_cuts_in_the_same_order():
    lengths = {3: 30_000, 1: 50_000, 2: 40_000}
    assert recipes.cuts(lengths) == recipes.cuts(dict(sorted(lengths.items())))
