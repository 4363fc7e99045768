"""Interrupts that cannot get lost: one that is swallowed on its way comes again, and is told at the end."""

from __future__ import annotations

import _thread
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["Terminated", "watched"]

AGAIN = 0.02  # [s] after which an interrupt comes again: outside the callback that had swallowed it


class Terminated(KeyboardInterrupt):
    """SIGTERM came: leave as after an interrupt, so that whatever was begun is cleaned up."""


class _Watch:
    """What came, and what brings it back: Python drops an exception that a weak reference's callback raises."""

    def __init__(self) -> None:
        self.came: type[KeyboardInterrupt] | None = None
        self._over = False

    def interrupt(self, number: int, frame: FrameType | None) -> None:
        """Turn SIGINT into an exception; also one that comes again."""
        if not self._over:
            self.came = self.came or KeyboardInterrupt
            raise self.came

    def terminate(self, number: int, frame: FrameType | None) -> None:
        """Turn SIGTERM into an exception; a second one ends the process at once."""
        signal.signal(number, signal.SIG_DFL)
        self.came = Terminated
        raise Terminated

    def unraisable(self, dropped: sys.UnraisableHookArgs) -> None:
        """Let an interrupt that was dropped come again in a moment; print anything else, as ever."""
        if not issubclass(dropped.exc_type, KeyboardInterrupt):
            sys.__unraisablehook__(dropped)
            return
        again = threading.Timer(AGAIN, self._again)
        again.daemon = True
        again.start()

    def _again(self) -> None:
        if self._over:
            return
        if hasattr(signal, "pthread_kill"):  # wakes the main thread where it waits
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        else:
            _thread.interrupt_main()

    def end(self) -> None:
        """Let nothing come any more."""
        self._over = True


@contextmanager
def watched() -> Iterator[Callable[[], type[KeyboardInterrupt] | None]]:
    """Watch for SIGINT and SIGTERM; give a function that tells what came, raised or dropped.

    Whoever started us may want a signal ignored; it stays so.
    """
    watch = _Watch()
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, watch.terminate)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, watch.interrupt)
        sys.unraisablehook = watch.unraisable
    try:
        yield lambda: watch.came
    finally:
        watch.end()
