"""Beforehand: recognises customers' situations as they happen, and acts before a need passes or a conflict arises.

The front door. Outsiders import only this package; what stands behind it (`models`, `rules`, `streams`) may move.
"""

from __future__ import annotations

from importlib.metadata import version

__all__ = ["__version__"]

#: The version of the installed distribution, such as `0.1.0`.
__version__ = version("beforehand")
