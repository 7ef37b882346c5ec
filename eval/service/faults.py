"""What the service refuses: a status and one sentence, the same for people and programs."""

from goldentime.errors import GoldenTimeError

__all__ = ["NO_ANSWER", "Fault"]

NO_ANSWER = 503
"""Status where the database does not answer, so that nobody knows whether what was asked for was done."""


class Fault(GoldenTimeError):
    """A request that can't be served.

    Args:
        status: of HTTP.
        text: names the field, what was expected and what came.
    """

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
