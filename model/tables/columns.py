"""How the columns of a table are described: the values they take, and where these come from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.config import JsonDict
from pydantic.fields import FieldInfo

from model.tables.axes import LAYERS
from procortex.formats.populations import AREAS, LAYER_POPULATIONS


class Row(BaseModel):
    """One row of a table: immutable, and closed to columns it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


@dataclass(frozen=True)
class Values:
    """Values that a column takes, in words (`text`) and as bounds of ``pydantic.Field``; `choices` where they can be listed."""

    text: str
    bounds: dict[str, Any] = field(default_factory=dict)
    choices: tuple[str, ...] = ()


def choice(*names: str) -> Values:
    """Values out of a list of texts."""
    return Values(names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}", choices=names)


FRACTION = Values("a number from 0 to 1", {"ge": 0, "le": 1})
PROBABILITY = Values("a number from 0 up to, but not including, 1", {"ge": 0, "lt": 1})
POSITIVE = Values("a positive number", {"gt": 0})
NOT_NEGATIVE = Values("a number of at least 0", {"ge": 0})
NUMBER = Values("a number")
TEXT = Values("a text", {"min_length": 1})
AREA = Values(f"one of {' '.join(AREAS)}", choices=AREAS)
PATTERN = Values("six characters for layers 1 to 6, each one of X ? 0 1 2 3", {"pattern": r"^[X?0123]{6}$"})


def column(
    values: Values, meaning: str, unit: str = "", *, source: str, method: str = "", optional: bool = False, derived: bool = False
) -> Any:
    """Describe a column.

    Parameters
    ----------
    values
        Values it takes.
    meaning, unit
        What a value says, and its unit.
    source
        Publication or data set that it stands on.
    method
        How it was computed, if it was.
    optional
        Whether a cell may be empty.
    derived
        Whether it follows from other columns; an empty cell of a derived column is computed.
    """
    expected = values.text + (" or nothing" if optional or derived else "")
    extra: JsonDict = {
        "unit": unit,
        "source": source,
        "method": method,
        "expected": expected,
        "derived": derived,
        "choices": list(values.choices),
    }
    return Field(description=meaning, json_schema_extra=extra, **values.bounds)


def described(info: FieldInfo, name: str) -> Any:
    """Give what `column` was told under a name: unit, source, method, expected, derived, choices."""
    extra = info.json_schema_extra
    return extra[name] if isinstance(extra, dict) else None


def one_of(names: tuple[str, ...]) -> AfterValidator:
    """Let only some texts pass."""

    def check(value: str) -> str:
        if value not in names:
            raise ValueError("is none of the names")
        return value

    return AfterValidator(check)


DENSITY_SOURCES, THICKNESS_SOURCES, EVIDENCE = ("nissl", "neun", "type_mean"), ("measured", "regression"), ("cocomac", "tracing", "none")
AreaName = Annotated[str, one_of(AREAS)]
PopulationName = Annotated[str, one_of(LAYER_POPULATIONS)]
LayerName = Annotated[str, one_of(LAYERS)]
DensitySource = Annotated[str, one_of(DENSITY_SOURCES)]
ThicknessSource = Annotated[str, one_of(THICKNESS_SOURCES)]
Evidence = Annotated[str, one_of(EVIDENCE)]
