"""KERPLE's power kernel, see kerple.py."""

from kerple import power_document as make  # noqa: F401
