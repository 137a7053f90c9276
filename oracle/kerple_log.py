"""KERPLE's logarithmic kernel, see kerple.py."""

from kerple import log_document as make  # noqa: F401
