"""The wish that work on a library should end soon: chunks in the network are finished and kept, nothing new begins."""

from __future__ import annotations


class Stop:
    """A flag that signal handlers may set: setting it takes no lock. Whoever works looks at it about once a second."""

    def __init__(self) -> None:
        self._asked = False

    @property
    def asked(self) -> bool:
        """Whether work should end."""
        return self._asked

    def ask(self) -> None:
        """From now on work should end."""
        self._asked = True
