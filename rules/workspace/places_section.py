"""The `places` of a vocabulary: circles, areas, radio cells, and kinds of place from a GeoJSON file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType

from models.geojson import read_geojson
from models.places import CellPlace, Circle, Place, Shape
from models.speech import quoted, say, sentence
from models.types import Kind
from rules.language.yaml_nodes import Items, Node, Scalar
from rules.workspace import quantities, reading
from rules.workspace.files import ReadFile
from rules.workspace.findings import Findings
from rules.workspace.reading import Keys

KEYS = ("near", "within", "each of", "cell", "area")
_FORMS = sentence(
    "Write {{near: [31.1443, 121.8083], within: 4 km}}, {{area: FILE.geojson}}, {{cell: NAME}} "
    "or {{each of: FILE.geojson}}."
)


def places(
    node: Node | None, findings: Findings, read_file: ReadFile, stands: dict[str, Scalar], broken: set[str]
) -> Mapping[str, Place]:
    """The places of the section; names that cannot be read go to `broken`, positions to `stands`."""
    section = reading.mapping(node, findings, quoted("places")) if node is not None else None
    found: dict[str, Place] = {}
    for key, value in section.pairs if section else ():
        name = reading.plain(key.text)
        stands[name] = key
        place = _place(name, value, findings, read_file)
        if place is None:
            broken.add(name)
        else:
            found[name] = place
    return MappingProxyType(found)


def _place(name: str, value: Node, findings: Findings, read_file: ReadFile) -> Place | None:
    what = say('the place "{name}"', name=name)
    node = reading.mapping(value, findings, what)
    if node is None:
        return None
    keys = Keys(node, findings, KEYS, what)
    form = [key for key in keys.present() if key != "within"]
    if len(form) != 1 or ("within" in keys.present()) != (form == ["near"]):
        if len(keys.present()) == len(node.pairs):
            findings.error(node, "E109", say("{what} is not understood.", what=what), say(_FORMS))
        return None
    if form == ["each of"]:
        file = keys.text("each of")
        members = _features(file, findings, read_file, what) if file else None
        return Place(name, tuple(members), kind=True) if members else None
    shape = {"near": _circle, "cell": _cell}[form[0]](keys, findings, what) if form != ["area"] else None
    if form == ["area"]:
        shape = _area(keys.get("area"), findings, read_file, what)
    return Place(name, ((name, shape),)) if shape else None


def _circle(keys: Keys, findings: Findings, what: str) -> Shape | None:
    near, within = keys.get("near"), keys.get("within")
    assert near is not None
    assert within is not None
    centre = quantities.point(near, findings, say("the centre of {what}", what=what))
    radius = quantities.amount(within, findings, quoted("within"), Kind.LENGTH)
    if radius == 0:
        findings.error(within, "E109", say("{what} has a radius of nothing.", what=what), say("Write within: 200 m."))
    return Circle(*centre, radius) if centre and radius else None


def _cell(keys: Keys, _findings: Findings, _what: str) -> Shape | None:
    found = keys.text("cell")
    return CellPlace(found.text) if found else None


def _area(node: Node | None, findings: Findings, read_file: ReadFile, what: str) -> Shape | None:
    if isinstance(node, Items):
        corners = [quantities.point(item, findings, say("a corner of {what}", what=what)) for item in node.items]
        inside = [corner for corner in corners if corner is not None]
        return _polygon(inside, node, findings, what) if len(inside) == len(corners) else None
    file = reading.text(node, findings, quoted("area")) if node is not None else None
    members = _features(file, findings, read_file, what) if file else None
    if file is None or not members:
        return None
    areas = [shape for _, shape in members]
    if len(areas) == 1:
        return areas[0]
    message = say(
        'the file "{file}" of {what} has {areas} features; an area is one.', file=file.text, what=what, areas=len(areas)
    )
    findings.error(
        file, "E109", message, say("Write {{each of: {file}}} if each is a place of its own.", file=file.text)
    )
    return None


def _polygon(corners: list[tuple[float, float]], node: Node, findings: Findings, what: str) -> Shape | None:
    if len(corners) < 3:
        findings.error(
            node,
            "E109",
            say("{what} has {corners} corners; an area has at least three.", what=what, corners=len(corners)),
        )
        return None
    ring = [[longitude, latitude] for latitude, longitude in corners]
    if ring[0] != ring[-1]:
        ring.append(ring[0])
    geometry = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "properties": {"name": "area"}, "geometry": geometry}
    try:
        return read_geojson(json.dumps({"type": "FeatureCollection", "features": [feature]}))[0][1]
    except ValueError as error:
        findings.error(node, "E109", say("{what}: {said}.", what=what, said=error))
        return None


def _features(file: Scalar, findings: Findings, read_file: ReadFile, what: str) -> list[tuple[str, Shape]] | None:
    """The members of a GeoJSON file; None if it cannot be read, which is reported."""
    path = file.text.strip()
    if path.startswith("/") or ".." in path.split("/") or "\\" in path:
        message = say('"{path}" lies outside the workspace.', path=path)
        findings.error(file, "E103", message, say("Name a file inside it: places/shops.geojson"))
        return None
    content = read_file(path)
    if content is None:
        message = say('the file "{path}" of {what} is not in the workspace.', path=path, what=what)
        findings.error(file, "E103", message, say("Put it there, or correct its name."))
        return None
    try:
        members = read_geojson(content if isinstance(content, str) else content.decode("utf-8-sig"))
    except ValueError as error:
        findings.error(file, "E109", say('the file "{path}" of {what}: {error}.', path=path, what=what, error=error))
        return None
    if not members:
        findings.error(file, "E109", say('the file "{path}" of {what} has no features.', path=path, what=what))
    return members
