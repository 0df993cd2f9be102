"""The page *Trust* quotes counts of the graders as they are: nothing was added since without being counted."""

import json

import pytest

from tests import trust
from tests.hostile import bank as hostile
from tests.mutants import mutants
from tests.submissions import bank

KNOWN = json.loads(trust.FILE.read_text(encoding="utf8"))


def test_a_part_was_counted_as_a_whole_or_the_page_says_that_it_was_not():
    for part, (_, names) in trust.PARTS.items():
        assert sorted(KNOWN.get(part, names)) == sorted(names), AGAIN.format(part)
    assert {"bank", "mutants"} <= set(KNOWN)


@pytest.mark.parametrize("exercise", trust.EXERCISES)
def test_every_hand_in_and_every_mutant_was_counted(exercise):
    files = bank.bank(exercise)
    right, wrong = (sum(bool(one.loses) is lost for one in files) for lost in (False, True))
    for part in {"bank", "nbgrader"} & set(KNOWN):
        assert (KNOWN[part][exercise]["right"], KNOWN[part][exercise]["wrong"]) == (right, wrong), AGAIN.format(part)
    if "seeds" in KNOWN:
        assert KNOWN["seeds"][exercise]["hand_ins"] == 1 + right, AGAIN.format("seeds")
    assert KNOWN["mutants"][exercise]["mutants"] == len(mutants.mutants(exercise)), AGAIN.format("mutants")


def test_every_hostile_hand_in_was_counted():
    everybody = hostile.bank()
    for one in KNOWN.get("hostile", {}).values():
        assert one["hand_ins"] == len(everybody), AGAIN.format("hostile")
        assert one["kinds"] == len({each.kind for each in everybody})


def test_what_was_not_as_it_should_is_named():
    """A count that is less than all has the names of the others beside it."""
    for one in (one for part in KNOWN.values() for one in part.values() if "not" in one):
        missing = (one.get("right", 0) - one.get("right_kept", one.get("right", 0)) + one.get("wrong", 0)
                   - one.get("wrong_lost", 0) + one.get("turned_away", 0))
        if "killed" in one:
            missing = one["mutants"] - one["equivalent"] - one["killed"]
        if "kinds" in one:
            missing = one["hand_ins"] - one["right"]
        assert len(one["not"]) == missing


AGAIN = "something was added or taken away since: python -m tests.trust {}"
