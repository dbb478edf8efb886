"""How hypothesis looks for counterexamples: by counts, so that a busy machine does as many tries as a quiet one."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile(
    "by counts", parent=settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("by counts")
