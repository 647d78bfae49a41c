"""The tutorial's way over a layer that drops half of the messages; for a negative control."""

from tests.faults import lossy
from tests.faults.naive import application

__all__ = ["application", "lossy"]
