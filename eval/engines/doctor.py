"""`goldentime doctor --referee`: which engine stands between a submission and this machine, and whether its limits hold."""

import platform

from rich.console import Console
from rich.markup import escape

from goldentime.eval.engines.base import Engine
from goldentime.eval.engines.choose import best_engine, engine_named
from goldentime.eval.engines.process import NO_WALL
from goldentime.eval.engines.speed import REFERENCE_S, measured_s, slowdown
from goldentime.eval.engines.trial import TRIALS, try_limit
from goldentime.eval.outcomes import InfrastructureError

__all__ = ["referee_command"]


def referee_command(name: str | None = None, image: str | None = None) -> int:
    """Try to break every limit; 1 if one does not hold, or the engine is no wall."""
    console = Console()
    engine = engine_named(name or best_engine(), image)
    held_by = ", ".join(f"{kind}: {how}" for kind, how in engine.enforces.items())
    console.print(f"engine [bold]{engine.name}[/] on Linux {escape(platform.release())}; {escape(held_by)}", soft_wrap=True)
    speed = f"{1e3 * measured_s():.1f} ms for the task that takes {1e3 * REFERENCE_S:.1f} ms on the reference machine"
    console.print(f"speed: {speed}; time limits are stretched by {slowdown():g}", soft_wrap=True)
    if not engine.wall:
        console.print(f"[red]{escape(NO_WALL)}[/]", soft_wrap=True)
    broken = [trial for trial in TRIALS if not _tell(console, engine, trial)]
    if broken:
        console.print(f"these limits don't hold: {', '.join(broken)}; no stranger's submission belongs on this machine")
        return 1
    console.print("every limit holds" if engine.wall else "every limit holds, but there is no wall")
    return 0 if engine.wall else 1


def _tell(console: Console, engine: Engine, name: str) -> bool:
    try:
        _, held, text = try_limit(engine, name)
    except InfrastructureError as error:
        held, text = False, str(error)
    state = "[green]held   [/]" if held else "[red]BROKEN [/]"
    console.print(f"{state} [bold]{name:16}[/] {escape(text[:200])}", soft_wrap=True)
    return held
