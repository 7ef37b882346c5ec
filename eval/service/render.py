"""Templates with the words of the asker's language."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2
from fastapi.responses import HTMLResponse
from starlette.requests import Request

from goldentime.eval.board.names import shown
from goldentime.eval.service.words import LANGUAGES, words

__all__ = ["FOLDER", "language_of", "page"]

FOLDER = Path(str(files("goldentime"))) / "eval" / "service"
_COOKIE = "language"
_YEAR_S = 365 * 24 * 3600


@cache
def _environment(language: str) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    other = next(name for name in LANGUAGES if name != language)
    environment.globals.update(
        w=words(language), lang=language, other_lang=other, other_name=LANGUAGES[other], shown=shown, size=_size
    )
    return environment


def _size(count: int) -> str:
    """Bytes for people."""
    if count < 1000:
        return f"{count} B"
    return f"{count / 1e3:.1f} kB" if count < 1_000_000 else f"{count / 1e6:.1f} MB"


def language_of(request: Request) -> str:
    """What `?lang=` says, else the cookie, else the browser; English where none of them knows."""
    for said in (request.query_params.get("lang"), request.cookies.get(_COOKIE)):
        if said in LANGUAGES:
            return str(said)
    for said in request.headers.get("accept-language", "").lower().split(","):
        for language in LANGUAGES:
            if said.strip().startswith(language):
                return language
    return "en"


def page(request: Request, name: str, values: Mapping[str, Any], status: int = 200) -> HTMLResponse:
    """Render `<name>.html.j2`."""
    language = language_of(request)
    text = _environment(language).get_template(f"{name}.html.j2").render(path=request.url.path, **values)
    response = HTMLResponse(text, status)
    if request.query_params.get("lang") in LANGUAGES:
        response.set_cookie(_COOKIE, language, max_age=_YEAR_S, httponly=True, samesite="lax")
    return response
