"""Summaries: what a file keeps of many runs."""


from parity_lib.experiments import summaries
from parity_lib.training import History


def test_counted_takes_the_median_over_the_solved_only():
    runs = [History({}, solved_at=step) for step in (100, None, 300)]
    assert summaries.counted(runs) == {"seeds": 3, "solved": 2, "steps": [100, None, 300], "median_steps": 200.0}
    assert summaries.counted([History({})])["median_steps"] is None
