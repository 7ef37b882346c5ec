"""Who and what was found, in slices, from the logs of a run of `search` or `signs`.

    goldentime evaluate mission=search agent=searcher split=public episodes=20 out=runs/search
    python benchmarks/slice_reports.py runs/search
    python benchmarks/slice_reports.py runs/search --json slices.json

Recall is over what there was, precision over what was said, each with Wilson's 95 % interval. Rows by `from_m`,
`transmittance` and `angle_deg` are of finds only: of what was missed none of these is known.
"""

import argparse
import sys
from pathlib import Path

from goldentime.errors import GoldenTimeError
from goldentime.eval.folder import read_folder
from goldentime.eval.log_files import load_log
from goldentime.eval.score.aggregate import Figure
from goldentime.eval.score.report_slices import ReportSlice, recall_gap, report_slices
from goldentime.files import pretty_json, write_atomic
from goldentime.records import dump


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path, help="a folder of goldentime evaluate")
    parser.add_argument("--json", type=Path, help="write the table there as well")
    args = parser.parse_args()
    folder = read_folder(args.run)
    logs = [load_log(folder.log(index)) for index in folder.logged()]
    rows, gap = report_slices(logs), recall_gap(logs)
    print(f"{len(logs)} episodes")
    print(_HEAD)
    for row in rows:
        print(_line(row))
    if gap is not None:
        print(f"\nfairness: recall gap {gap[0]:.3f}")
        for row in gap[1].values():
            print(_line(row))
    if args.json:
        groups = {name: dump(row) for name, row in gap[1].items()} if gap else {}
        fair = {"gap": gap[0], "groups": groups} if gap else None
        write_atomic(args.json, pretty_json({"slices": [dump(row) for row in rows], "fairness": fair}))
    return 0


_HEAD = (
    f"{'by':13} {'name':18} {'n':>4} {'recall':>16} {'said':>5} {'precision':>16} {'F1':>6} {'right':>16} {'1-NED':>6}"
    f" {'error':>6}"
)


def _line(row: ReportSlice) -> str:
    return (
        f"{row.by:13} {row.name:18} {row.n:4d} {_figure(row.recall)} {row.made or '':>5} {_figure(row.precision)} "
        f"{_number(row.f1)} {_figure(row.right)} {_number(row.similarity)} {_number(row.error_m)}"
    )


def _figure(figure: Figure | None) -> str:
    return f"{figure.mean:.2f} [{figure.low:.2f},{figure.high:.2f}]".rjust(16) if figure else " " * 16


def _number(value: float | None) -> str:
    return f"{value:6.2f}" if value is not None else " " * 6


if __name__ == "__main__":
    try:
        sys.exit(main())
    except GoldenTimeError as error:
        sys.exit(str(error))
