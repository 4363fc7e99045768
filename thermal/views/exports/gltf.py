"""A scene as glTF (``.glb``) for web pages and CAD viewers: named nodes, colours of the heat map, numbers in extras."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from thermal.views import palette
from thermal.views.scenes.model import Bar, Piece, Scene

if TYPE_CHECKING:
    import trimesh

__all__ = ["write_glb"]

Y_UP = np.array([[1.0, 0, 0, 0], [0, 0, 1.0, 0], [0, -1.0, 0, 0], [0, 0, 0, 1.0]])  # glTF's y is our z


def write_glb(scene: Scene, file: Path, about: Mapping[str, Any]) -> None:
    """Write a scene: a node for every part of every path, so that the tree is that of the paths.

    Parameters
    ----------
    scene : Scene
        What to write.
    file : Path
        Where.
    about : mapping
        What the file's extras tell besides the scene's title, subtitle, description and bars.
    """
    import trimesh

    bars = {bar.key: bar for bar in scene.bars}
    whole: Any = trimesh.Scene(base_frame="world")
    whole.metadata.update(
        title=scene.title,
        subtitle=scene.subtitle,
        description=scene.description,
        bars=[{"title": bar.title, "low": bar.low, "high": bar.high, "map": bar.map} for bar in scene.bars],
        **about,
    )
    whole.graph.update(frame_to="rack", frame_from="world", matrix=Y_UP)
    opacity: dict[str, float] = {}
    names: Counter[str] = Counter()
    for piece in scene.pieces:
        if len(piece.faces) == 0:
            continue
        parent = _parents(whole, piece.path)
        names[piece.path] += 1
        # a path may be drawn by several pieces, and may have others beneath it: the surfaces get names of their own
        name = f"{piece.path}/{piece.layer}" + (f" ({names[piece.path]})" if names[piece.path] > 1 else "")
        opacity[name] = piece.opacity
        whole.add_geometry(
            _mesh(piece, bars), node_name=name, geom_name=name, parent_node_name=parent, metadata=_extras(piece, bars)
        )
    content: bytes = whole.export(
        file_type="glb", include_normals=False, tree_postprocessor=lambda tree: _give_materials(tree, opacity)
    )
    file.write_bytes(content)


def _parents(whole: Any, path: str) -> str:
    """Make the nodes of a path that are not there yet; return the last one."""
    above = "rack"
    parts = path.split("/")
    for count in range(1, len(parts) + 1):
        node = "/".join(parts[:count])
        if node not in whole.graph.nodes:
            whole.graph.update(frame_to=node, frame_from=above)
        above = node
    return above


def _mesh(piece: Piece, bars: Mapping[str, Bar]) -> trimesh.Trimesh:
    """Return a surface with a colour at each vertex; faces do not share vertices where their colours differ."""
    import trimesh

    points, faces = np.asarray(piece.points), np.asarray(piece.faces)
    colors = np.tile(_hex(piece.color), (len(points), 1))
    if piece.values is not None:
        bar = bars[piece.bar]
        share = (np.asarray(piece.values) - bar.low) / max(bar.high - bar.low, 1e-12)
        of_faces = palette.rgb(bar.map, np.clip(share, 0.0, 1.0))
        points, faces = points[faces].reshape(-1, 3), np.arange(3 * len(faces)).reshape(-1, 3)
        colors = np.repeat(of_faces, 3, axis=0)
    alpha = np.full((len(points), 1), round(255 * piece.opacity), np.uint8)
    return trimesh.Trimesh(points, faces, vertex_colors=np.concatenate([_linear(colors), alpha], axis=1), process=False)


def _extras(piece: Piece, bars: Mapping[str, Bar]) -> dict[str, Any]:
    """Return what a viewer shows of a node."""
    extras: dict[str, Any] = {"path": piece.path, "layer": piece.layer, "text": piece.text}
    if piece.values is not None:
        values = np.asarray(piece.values)
        extras |= {"quantity": bars[piece.bar].title, "lowest": float(values.min()), "highest": float(values.max())}
    return extras


def _give_materials(tree: dict[str, Any], opacity: Mapping[str, float]) -> None:
    """Give every mesh a dull material, without which viewers take it for polished metal; see-through where it is."""
    dull = {"pbrMetallicRoughness": {"metallicFactor": 0.0, "roughnessFactor": 0.9}, "doubleSided": True}
    tree["materials"] = [{"name": "solid", **dull}, {"name": "see-through", **dull, "alphaMode": "BLEND"}]
    for mesh in tree["meshes"]:
        for primitive in mesh["primitives"]:
            primitive["material"] = int(opacity[mesh["name"]] < 1.0)


def _hex(color: str) -> NDArray[np.uint8]:
    return np.frombuffer(bytes.fromhex(color.removeprefix("#")), np.uint8)


def _linear(colors: NDArray[Any]) -> NDArray[np.uint8]:
    """Return sRGB colours as glTF has them at vertices: linear (IEC 61966-2-1)."""
    share = colors / 255.0
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return np.round(255.0 * linear).astype(np.uint8)
