"""The tutorial's way in a process that grows older; for a negative control."""

from tests.faults import aged
from tests.faults.naive import application

__all__ = ["aged", "application"]
