"""How a plate's flow is shared out over its channels, column by column of the grid across them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["ChannelFlow"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class ChannelFlow:
    """Flow through the channels of one plate, or of several on one grid.

    Channels are spread evenly over the columns. In a plate fed over the middle of its channels each half takes half of
    a column's share.

    Attributes
    ----------
    column_faces : (columns + 1,) float64
        Edges of the columns across the channels, from the plate's corner [m].
    share : (columns,) or (plates, columns) float64
        Of the plate's flow in each column; they sum to 1 [-].
    velocity : like `share`
        Mean velocity in a column's channels [m/s].
    """

    column_faces: Floats
    share: Floats
    velocity: Floats

    @property
    def relative(self) -> Floats:
        """Flow of a channel in each column over the mean of all channels, shaped like `share` [-]."""
        widths = np.diff(self.column_faces)
        return np.asarray(self.share * (widths.sum() / widths))

    def of(self, row: int) -> ChannelFlow:
        """Return the flow of one of several plates."""
        return ChannelFlow(self.column_faces, self.share[row], self.velocity[row])
