"""What a board of a large season costs: reading entries, ranking, pages. Made by hand; verifying is `bench_verify`'s.

100 teams with 10 runs of 40 episodes each: 1,000 entries, 4,950 pairs of teams. One processor.
"""

import time

import numpy as np

from goldentime.eval.board.results import results_json
from goldentime.eval.board.site import Material, pages
from goldentime.eval.board.standings import board_of
from goldentime.eval.board.tables import rounds
from goldentime.eval.referee.artifacts import Artifact
from goldentime.eval.referee.chain import Link
from goldentime.eval.referee.entries import Entry, Opening, RunEntry, Summary
from goldentime.eval.referee.findings import Place
from goldentime.eval.score.aggregate import bootstrap, wilson
from goldentime.records import dump
from goldentime.rng import stream

TEAMS, RUNS, EPISODES = 100, 10, 40


def _summary(team: int, rng: np.random.Generator) -> Summary:
    totals = np.clip(rng.normal(team * 0.6 + 20, 15, EPISODES), 0, 100).round(3)
    return Summary(
        team=f"팀 {team}",
        submission=None,
        mission="hover",
        agent="agent",
        split="public",
        rules="hover/1",
        planned=EPISODES,
        complete=True,
        outcomes={"ok": EPISODES},
        totals={str(index): float(total) for index, total in enumerate(totals)},
        total=bootstrap(totals[:, None], 200)[0],
        success_rate=wilson(int((totals > 50).sum()), EPISODES),
    )


def _links() -> list[Link]:
    rng = stream(0, "bench.board")
    bodies: list[Opening | RunEntry] = [Opening(name="benchmark", public_key="0" * 64)]
    for number in range(TEAMS * RUNS):
        summary = _summary(number % TEAMS, rng)
        manifest = Artifact(bytes=1, sha256="0" * 64)
        bodies.append(RunEntry(run=f"run-{number:04d}", manifest=manifest, blocks="", summary=summary))
    return [
        Link(
            Entry(index=i, kind="run", time="2026-01-31T00:00:00Z", previous="", body=dump(body)), body, str(i), Place(0, 1)
        )
        for i, body in enumerate(bodies)
    ]


def main() -> None:
    links = _links()
    begin = time.process_time()
    board = board_of(links, {})
    read = time.process_time()
    found = tuple(rounds(board))
    ranked = time.process_time()
    material = Material(board=board, rounds=found, slices={}, links={})
    written = pages(material)
    paged = time.process_time()
    results_json(material)
    end = time.process_time()
    spans = [row.ranks.last - row.ranks.first + 1 for row in found[0].tables[0].rows]
    pairs, mean = len(found[0].tables[0].gaps), sum(spans) / len(spans)
    print(f"{TEAMS} teams, {len(board.runs)} runs, {pairs} pairs, {mean:.0f} ranks a team; processor seconds:")
    for name, seconds in (
        ("reading the entries", read - begin),
        ("ranking", ranked - read),
        (f"{len(written)} pages ({sum(map(len, written.values())) / 1e6:.1f} MB)", paged - ranked),
        ("results.json", end - paged),
    ):
        print(f"  {name:30} {seconds:6.2f}")


if __name__ == "__main__":
    main()
