"""Which calls were heard, in slices, from the logs of a run of `voices` or one of its presets; and the fairness of it.

    goldentime evaluate mission=voices agent=listener split=public episodes=20 out=runs/voices
    python benchmarks/slice_calls.py runs/voices
    python benchmarks/slice_calls.py runs/voices --json slices.json

Recall is over all calls there were; `right` the share of finds whose class was told right; `near` the share of all calls
that were reported with the right class and within 20 degrees; each with Wilson's 95 % interval. The angle is over finds
of the right class. `snr_db` is what the microphones had, over all that is no call.
"""

import argparse
import sys
from pathlib import Path

from goldentime.errors import GoldenTimeError
from goldentime.eval.folder import read_folder
from goldentime.eval.log_files import load_log
from goldentime.eval.score.aggregate import Figure
from goldentime.eval.score.call_slices import CallSlice, call_gap, call_slices
from goldentime.files import pretty_json, write_atomic
from goldentime.records import dump

_HEAD = (
    f"{'by':14} {'name':14} {'n':>4} {'recall':>16} {'right':>16} {'near':>16} {'mean deg':>18} {'median':>7} {'onset':>6}"
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path, help="a folder of goldentime evaluate")
    parser.add_argument("--json", type=Path, help="write the table there as well")
    args = parser.parse_args()
    folder = read_folder(args.run)
    logs = [load_log(folder.log(index)) for index in folder.logged()]
    rows, gap = call_slices(logs), call_gap(logs)
    print(f"{len(logs)} episodes")
    print(_HEAD)
    for row in rows:
        print(_line(row))
    if gap is not None:
        print(f"\nfairness: recall gap {_share(gap.gap)}")
        for row in gap.rows.values():
            print(_line(row))
    if args.json:
        data = {"slices": [dump(row) for row in rows], "fairness": dump(gap) if gap else None}
        write_atomic(args.json, pretty_json(data))
    return 0


def _line(row: CallSlice) -> str:
    error = row.error_deg
    angle = f"{error.mean:.1f} [{error.low:.1f},{error.high:.1f}]" if error else ""
    median = f"{row.median_deg:.1f}" if row.median_deg is not None else ""
    onset = f"{row.onset_error_s:.2f}" if row.onset_error_s is not None else ""
    shares = " ".join(_share(figure).rjust(16) for figure in (row.recall, row.right, row.near))
    return f"{row.by:14} {row.name:14} {row.n:4d} {shares} {angle:>18} {median:>7} {onset:>6}"


def _share(figure: Figure | None) -> str:
    return f"{figure.mean:.2f} [{figure.low:.2f},{figure.high:.2f}]" if figure else ""


if __name__ == "__main__":
    try:
        sys.exit(main())
    except GoldenTimeError as error:
        sys.exit(str(error))
