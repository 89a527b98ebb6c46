from __future__ import annotations

from moderation.rules.clustering import Said, Standing, Stretch, arrange

PLACE = Stretch(7, 40_000, 42_000)


def said(*moments: int | None, episode: int | None = 7, start: int = 1, author: str = "") -> list[Said]:
    return [
        Said(start + n, author or f"viewer {start + n}", episode if at is not None else None, at)
        for n, at in enumerate(moments)
    ]


def keys(group) -> set[int]:
    return {one.key for one in group.said}


def test_two_viewers_are_too_few_for_a_ticket():
    assert arrange(said(41_000, None), []) == []


def test_one_viewer_who_writes_three_times_is_one_viewer():
    assert arrange(said(41_000, 41_000, None, author="same"), []) == []


def test_moments_within_five_seconds_are_one_place():
    (group,) = arrange(said(41_000, 45_500, 50_000), [])
    assert (group.ticket, group.place, len(group.said)) == (None, Stretch(7, 41_000, 50_000), 3)


def test_moments_further_apart_are_two_places_and_two_tickets():
    near, far = arrange([*said(41_000, 42_000), *said(60_000, 61_000, start=10)], [])
    assert {near.place, far.place} == {Stretch(7, 41_000, 42_000), Stretch(7, 60_000, 61_000)}


def test_the_same_second_of_another_episode_is_another_place():
    groups = arrange([*said(41_000, 42_000), *said(41_000, 42_000, episode=8, start=10)], [])
    assert sorted(group.place.episode for group in groups) == [7, 8]


def test_complaints_without_a_moment_go_with_the_best_evidenced_ticket():
    small, big = Standing(1, Stretch(3, 1000, 2000), 4), Standing(2, PLACE, 9)
    (group,) = arrange(said(None), [small, big])
    assert (group.ticket, group.place) == (2, PLACE)


def test_complaints_that_name_an_episode_go_with_the_ticket_of_that_episode():
    small, big = Standing(1, Stretch(3, 1000, 2000), 4), Standing(2, PLACE, 9)
    (group,) = arrange([Said(1, "viewer", episode=3)], [small, big])
    assert group.ticket == 1


def test_three_viewers_without_a_moment_open_a_ticket_without_a_place():
    (group,) = arrange(said(None, None, None), [])
    assert (group.ticket, group.place) == (None, None)


def test_the_only_moment_named_gives_the_place():
    (group,) = arrange(said(41_000, None, None), [])
    assert (group.place, len(group.said)) == (Stretch(7, 41_000, 41_000), 3)


def test_a_late_complaint_near_the_place_widens_it():
    (group,) = arrange(said(46_000), [Standing(5, PLACE, 3)])
    assert (group.ticket, group.place) == (5, Stretch(7, 40_000, 46_000))


def test_one_viewer_elsewhere_joins_for_want_of_a_better_ticket():
    (group,) = arrange(said(80_000), [Standing(5, PLACE, 3)])
    assert (group.ticket, group.place) == (5, PLACE)


def test_a_second_viewer_at_that_other_place_takes_the_first_one_along():
    stray = Said(90, "earlier viewer", 7, 79_000, home=5)
    (group,) = arrange([stray, *said(80_000)], [Standing(5, PLACE, 4)])
    assert (group.ticket, group.place, keys(group)) == (None, Stretch(7, 79_000, 80_000), {90, 1})


def test_a_ticket_without_a_place_takes_the_first_place_that_two_viewers_name():
    (group,) = arrange(said(41_000, 42_000), [Standing(5, None, 3)])
    assert (group.ticket, group.place) == (5, Stretch(7, 41_000, 42_000))


def test_the_order_of_complaints_does_not_matter():
    items = [*said(41_000, 44_000, None), *said(70_000, 71_000, start=10)]
    there, back = arrange(items, []), arrange(items[::-1], [])
    assert {(group.place, frozenset(keys(group))) for group in there} == {
        (group.place, frozenset(keys(group))) for group in back
    }
