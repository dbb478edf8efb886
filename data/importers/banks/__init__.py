"""Banks and cards by declared profiles: every module here with `PROFILES` is a bank, and needs no code elsewhere."""

from __future__ import annotations

import importlib
import pkgutil

from data.importers.banks.profile import Profile
from data.importers.banks.statement import importer_of
from data.importers.table import Importer


def _profiles() -> tuple[Profile, ...]:
    names = sorted(module.name for module in pkgutil.iter_modules(__path__, f"{__name__}."))
    return tuple(profile for name in names for profile in getattr(importlib.import_module(name), "PROFILES", ()))


PROFILES: tuple[Profile, ...] = _profiles()
IMPORTERS: tuple[Importer, ...] = tuple(map(importer_of, PROFILES))
