"""Plates solved two at a time: their compiled code leaves the interpreter free for another."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TypeVar

from thermal.fv.memory import BYTES_PER_CELL, available_memory

__all__ = ["all_done"]

AT_ONCE = 2
T = TypeVar("T")


def all_done(tasks: Sequence[Callable[[], T]], cells: int, tell: Callable[[], None]) -> list[T]:
    """Do all tasks and return their results in order; the first that fails ends the others that have not begun.

    One at a time where the memory would not hold two.

    Parameters
    ----------
    tasks : sequence of callable
        Without arguments.
    cells : int
        Of the largest grid among them.
    tell : callable
        Called here, in the calling thread, after each task.
    """
    fitting = AT_ONCE * BYTES_PER_CELL * cells <= available_memory()
    pool = ThreadPoolExecutor(min(AT_ONCE, os.cpu_count() or 1) if fitting else 1)
    try:
        waiting = [pool.submit(task) for task in tasks]
        for finished in as_completed(waiting):
            finished.result()
            tell()
        return [future.result() for future in waiting]
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
