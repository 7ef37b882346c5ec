"""Time limits of a submission: a bank, strikes, and machines that are slow."""

from goldentime.eval.engines.limits import Limits
from goldentime.eval.wire.clock import StepClock

LIMITS = Limits(first_s=5.0, step_s=0.1, bank_s=1.0, strikes=2, longest_s=2.0)


def test_the_first_action_may_take_long_and_leaves_the_bank_alone():
    clock = StepClock(LIMITS)
    assert clock.longest_s == 5.0
    assert clock.took(4.9) is None
    assert (clock.bank_s, clock.longest_s) == (1.0, 2.0)


def test_late_actions_use_up_the_bank_then_the_strikes():
    clock = StepClock(LIMITS)
    told = [clock.took(seconds) for seconds in (0.0, 0.6, 0.6, 0.2, 0.05, 0.2)]
    assert told == [None] * 6
    assert (clock.bank_s, clock.strikes) == (0.0, 2)
    assert clock.took(0.05) is None
    assert clock.took(0.2) == "action 8 took 0.200 s of 0.1, the bank is empty and 2 strikes are used up"


def test_a_slow_machine_stretches_every_limit():
    clock = StepClock(LIMITS, slowdown=3.0)
    assert (clock.longest_s, clock.bank_s) == (15.0, 3.0)
    clock.took(1.0)
    assert clock.took(0.3) is None and clock.bank_s == 3.0
