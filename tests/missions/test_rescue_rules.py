"""What reports in a rescue come to, and what the end of one is worth."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldentime.envs.people.person import Person
from goldentime.eval.log import EpisodeLog
from goldentime.eval.score.rules import load_rules
from goldentime.eval.score.score import score
from goldentime.missions.rescue_end import chance, close, rank_agreement
from goldentime.missions.rescue_rules import Agreed, Book, Facts, Statement, judge_report, plate_text
from goldentime.missions.search_ledger import Ledger, ReportCosts, Target
from goldentime.types import Event, PersonState, Report, WorldState

WELL = PersonState((3.0, 0.0, 0.0), 0.0, "standing", "non_urgent", 0.0, 0.0, 0.0, hooded=False, tag="")
HURT = WELL._replace(position_m=(8.0, 0.0, 0.0), posture="lying_back", condition="immediate", injury=0.6)
MEDIC = WELL._replace(position_m=(12.0, 0.0, 0.0))
PEOPLE = tuple(
    Person(kind=kind, assets={"standing": "a", "lying_side": "b"}, position=state.position_m, posture="standing", room=0,
           victim=victim, help_s=help_s)
    for kind, state, victim, help_s in (
        ("man", WELL, True, None), ("woman", HURT, True, 30.0), ("medic", MEDIC, False, None)
    )
)  # fmt: skip
HAZARDS = (
    Target(0, "fire", (20.0, 0.0, 0.0), (21.0, 1.0, 1.0), 0.0),
    Target(1, "gas_cylinder", (22.0, 0.0, 0.0), (22.2, 0.2, 1.0), 0.0),
)
FACTS = Facts(PEOPLE, ("101호",), HAZARDS, (), Agreed(), ReportCosts(), (0.0, 0.0, 0.0), (20.0, 40.0, 0.0), 480.0)
NOW = WorldState(30.0, (), (), (WELL, HURT, MEDIC), alone=(WELL, HURT, MEDIC), best=(WELL, HURT, MEDIC))
FRESH = Book(Ledger(10))


def said(kind, at, *, condition="", motion="", text="", rank=0, moving=0, staying=0):
    counts = {"rank": rank, "moving": moving, "staying": staying}
    return Report(kind, at, text=text, said={"condition": condition, "motion": motion}, counts=counts)


def judged(*reports, state=NOW, book=FRESH):
    events = []
    for report in reports:
        book, more = judge_report(FACTS, book, report, 0, state)
        events += more
    return book, events


def kinds(events):
    return [event.kind for event in events]


def credit(events, kind="credit"):
    return sum(event.value for event in events if event.kind == kind)


def test_somebody_is_found_where_they_are_now_and_only_once():
    book, events = judged(said("man", (3.5, 0.0, 1.0)), said("man", (3.5, 0.0, 1.0), condition="urgent"))
    assert kinds(events) == ["found", "prompt", "credit", "updated"]
    assert credit(events) == 1.0
    assert book.said[0].condition == "urgent"
    walked = NOW._replace(people=(WELL._replace(position_m=(6.0, 5.0, 0.0)), HURT, MEDIC))
    assert kinds(judged(said("man", (3.0, 0.0, 0.5)), state=walked)[1]) == ["wrong", "credit"]


def test_a_person_of_another_kind_is_found_all_the_same_but_told_wrong():
    book, events = judged(said("child", (3.0, 0.0, 0.5)))
    assert "found" in kinds(events)
    ends = {event.detail["person"]: event for event in close(FACTS, book, NOW) if event.kind == "person"}
    assert not ends[0].detail["kind_right"]


def test_rescuers_are_no_victims():
    _, events = judged(said("man", (12.0, 0.0, 0.5)))
    assert kinds(events) == ["wrong", "credit"]
    assert credit(events) == -0.5


def test_an_abstention_at_somebody_earns_a_quarter_and_a_find_the_rest():
    _, events = judged(said("unclear", (8.0, 0.0, 0.5)), said("woman", (8.0, 0.0, 0.5)))
    assert [event.value for event in events if event.kind == "credit"] == [0.25, 0.75]
    assert credit(judged(said("unclear", (50.0, 0.0, 0.0)))[1]) == -0.1


def test_hazards_count_once_each_and_wrong_ones_cost():
    _, events = judged(
        said("gas_cylinder", (22.0, 0.0, 0.5)), said("gas_cylinder", (22.0, 0.0, 0.5)), said("smoke", (0, 0, 0))
    )
    assert credit(events, "hazard_credit") == 1.0 - 0.5 - 0.5


def test_beyond_the_budget_nothing_counts():
    _, events = judged(said("man", (3.0, 0.0, 0.5)), book=Book(Ledger(0)))
    assert kinds(events) == ["over_budget"]


def test_details_are_shares_of_what_can_be_told():
    told = said("woman", (8.0, 0.0, 0.5), condition="immediate", motion="stays", text="101 호", rank=1)
    book, _ = judged(told)
    ends = {event.detail["person"]: event for event in close(FACTS, book, NOW) if event.kind == "person"}
    assert (ends[0].value, ends[1].value) == (0.0, 1.0)


def test_the_text_of_a_plate_is_compared_without_blanks():
    assert plate_text(" 204 자료실") == plate_text("204자료실") == "204자료실"


def statement(rank, condition="urgent"):
    return Statement("man", condition, "", "", rank, condition)


def test_the_order_of_urgency_is_a_rank_correlation_and_silence_earns_nothing():
    true = ["immediate", "urgent", "non_urgent"]
    assert rank_agreement([statement(1), statement(2), statement(3)], true) == 1.0
    assert rank_agreement([statement(3), statement(2), statement(1)], true) == 0.0
    assert rank_agreement([None, None, None], true) == 0.0
    assert rank_agreement([statement(1), statement(1), statement(1)], true) == 0.0
    assert 0.0 < rank_agreement([statement(1), None, statement(3)], true) < 1.0


@given(st.permutations([1, 2, 3, 4]))
def test_a_better_order_never_earns_less(ranks):
    true = ["immediate", "urgent", "non_urgent", "dead"]
    before = rank_agreement([statement(rank) for rank in ranks], true)
    for i in range(3):
        if ranks[i] > ranks[i + 1]:
            better = list(ranks)
            better[i], better[i + 1] = better[i + 1], better[i]
            assert rank_agreement([statement(rank) for rank in better], true) >= before - 1e-12


@given(st.floats(0.0, 3.0), st.floats(0.0, 3.0), st.floats(0.0, 0.9), st.floats(0.01, 1.0))
def test_the_chance_of_being_lost_grows_with_every_dose_and_wound(fed, heat, injury, more):
    person = WELL._replace(fed=fed, fed_heat=heat, injury=injury)
    base = chance(person)
    assert 0.0 <= base <= 1.0
    for worse in (
        person._replace(fed=fed + more), person._replace(fed_heat=heat + more), person._replace(injury=injury + more)
    ):  # fmt: skip
        assert chance(worse) >= base


def test_a_dose_of_0_3_incapacitates_11_in_a_hundred():
    assert chance(WELL._replace(fed=0.3)) == pytest.approx(0.114, abs=0.002)
    assert chance(WELL._replace(condition="dead")) == 1.0


def test_saved_is_what_help_changed_of_what_it_could_change():
    worse = HURT._replace(injury=0.8)
    state = NOW._replace(people=(WELL, HURT, MEDIC), alone=(WELL, worse, MEDIC), best=(WELL, HURT, MEDIC))
    ends = {event.kind: event.value for event in close(FACTS, FRESH, state)}
    assert ends["saved"] == pytest.approx(1.0)
    assert ends["gained"] == ends["at_stake"] == pytest.approx(chance(worse) - chance(HURT))
    alone = {event.kind: event.value for event in close(FACTS, FRESH, state._replace(people=(WELL, worse, MEDIC)))}
    assert alone["saved"] == 0.0


RULES = load_rules("stage3")
BASE = {
    "credit": 1.5, "person": 1.2, "hazard_credit": 1.0, "ranked": 0.4, "counted": 0.5, "prompt": 1.1, "delivered": 1.0,
    "saved": 0.5, "home": 1.0,
}  # fmt: skip


def log_of(values, **more):
    log = EpisodeLog()
    facts = {"victims": 3.0, "helped": 2.0, "hazards": 2.0, "kits": 2.0, "things": 3.0, "time_limit_s": 480.0}
    log.begin({"facts": facts})
    log.record(NOW, ())
    events = [Event(1.0, "found", 0)] + [Event(1.0, kind, 0, value) for kind, value in {**values, **more}.items()]
    log.add_events(events)
    log.end("landed")
    return log


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_saving_somebody_never_lowers_a_score(before, more):
    less = score(log_of(BASE, saved=before), RULES).total
    assert score(log_of(BASE, saved=min(before + more, 1.0)), RULES).total >= less


@given(st.floats(0.0, 2.0), st.floats(0.01, 5.0))
def test_collisions_and_false_reports_never_raise_a_score(earned, seconds):
    base = score(log_of(BASE, credit=earned), RULES).total
    assert score(log_of(BASE, credit=earned, collision_s=seconds), RULES).total <= base
    assert score(log_of(BASE, credit=earned - 0.5, wrong=1.0), RULES).total <= base
    assert score(log_of(BASE, credit=earned, hazard_credit=BASE["hazard_credit"] - 0.5), RULES).total <= base


def test_doing_nothing_earns_nothing_and_everything_a_hundred():
    assert score(log_of({}), RULES).total == 0.0
    best = {
        "credit": 3.0, "person": 3.0, "hazard_credit": 2.0, "ranked": 1.0, "counted": 1.0, "prompt": 3.0, "saved": 1.0,
        "home": 1.0,
    }  # fmt: skip
    log = log_of(best)
    log.reason = None
    log.add_events([Event(1.0, "delivered", 0)] * 2)
    assert score(log, RULES).total == pytest.approx(100.0)


def test_an_agent_that_fails_before_the_end_can_not_drop_the_term_of_those_saved():
    assert score(log_of({"credit": 3.0}), RULES).terms["saved"].weight == 25.0
