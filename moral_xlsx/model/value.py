"""What every part of a definition is: frozen, and strict about its keys.

The descriptions of the keys are for the people who write definitions, so they are in Thai;
the reference of docs/definitions.md and the JSON Schema are made from them.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Key

Identifier = Annotated[str, Key(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Text = Annotated[str, Key(min_length=1)]


class Value(BaseModel):
    """A frozen value that refuses unknown keys, so that a misspelt one is reported."""

    # Built when the first one is made of raw data: what was made before needs none of it.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
