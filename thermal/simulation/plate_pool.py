"""Plates solved two at a time: their compiled code leaves the interpreter free for another."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TypeVar

__all__ = ["all_done"]

AT_ONCE = 2
LARGE = 8_000_000  # cells above which one at a time, to bound the memory
T = TypeVar("T")


def all_done(tasks: Sequence[Callable[[], T]], cells: int, tell: Callable[[], None]) -> list[T]:
    """Do all tasks and return their results in order; the first that fails ends the others that have not begun.

    Parameters
    ----------
    tasks : sequence of callable
        Without arguments.
    cells : int
        Of the largest grid among them.
    tell : callable
        Called here, in the calling thread, after each task.
    """
    pool = ThreadPoolExecutor(1 if cells > LARGE else min(AT_ONCE, os.cpu_count() or 1))
    try:
        waiting = [pool.submit(task) for task in tasks]
        for finished in as_completed(waiting):
            finished.result()
            tell()
        return [future.result() for future in waiting]
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
