"""Why an edition or a clip may not run, or was not placed: a sentence for each rule, with its facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _

SENTENCES: Mapping[str, Callable[[], str]] = {
    "retired": lambda: _("The drama is retired."),
    "channel": lambda: _("%(channel)s is not active."),
    "language": lambda: _("The edition is in %(have)s, %(channel)s speaks %(want)s."),
    "nobody_speaks_it": lambda: _("No channel of this plan speaks %(language)s."),
    "rights": lambda: _("No open rights for %(countries)s on %(platform)s in %(language)s."),
    "rights_open_later": lambda: _("Rights for %(countries)s open on %(opens_on)s."),
    "rights_close_too_soon": lambda: _(
        "Its rights close on %(closes_on)s; until then %(channel)s has times for %(fit)d of its %(clips)d clips."
    ),
    "age_rating": lambda: _("Rated %(have)d+, %(channel)s takes up to %(most)d+."),
    "genre": lambda: _("Its genres (%(have)s) are not in the niche of %(channel)s (%(want)s)."),
    "tier": lambda: _("Tier %(have)s, %(channel)s takes %(want)s."),
    "origin": lambda: _("It is AI-generated, and %(channel)s takes none."),
    "qc": lambda: _("No version of it has passed QC."),
    "made_for_kids": lambda: _("Nobody has answered whether it is made for kids."),
    "ai_disclosure": lambda: _("Nobody has answered whether viewers must be told of AI content."),
    "length": lambda: _("The clip has %(have)d s, %(channel)s may post %(most)d s."),
    "length_unverified": lambda: _(
        "The clip has %(have)d s, %(channel)s may post %(most)d s until its account is verified."
    ),
    "size": lambda: _("The file has %(have)d MB, %(platform)s takes %(most)d MB."),
    "shape": lambda: _(
        "The picture is %(width)d × %(height)d, %(platform)s takes sides of %(least)d to %(most)d pixels."
    ),
    "no_clips": lambda: _("No clip of it has been cut."),
    "not_cut": lambda: _("The clip could not be cut: %(why)s"),
    "not_offered": lambda: _("No channel of this plan may have it now."),
    "mended": lambda: _("A newer clip mends it."),
    "delivered_anew": lambda: _("It shows an episode that has been delivered anew."),
    "run_paused": lambda: _("A person paused its run on %(channel)s."),
    "run_ended": lambda: _("A person ended its run on %(channel)s."),
    "runs_elsewhere": lambda: _("It runs on %(channel)s already; an edition runs on one channel of a platform."),
    "behind": lambda: _("It comes after %(clip)s, which was not placed, and episodes go out in order."),
    "place_passed": lambda: _(
        "Its place in the run on %(channel)s has passed: %(later)s was shown there, and episodes go out in order."
    ),
    "place_taken": lambda: _(
        "Its place in the run on %(channel)s has passed: %(later)s is planned there for %(until)s UTC."
    ),
    "mends_a_shown_one": lambda: _("It mends a clip that %(channel)s has shown; it goes out as its replacement."),
}
