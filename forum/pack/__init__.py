"""A workshop's pack: questions of a tag and language in one zip of pages, read without a network.

Unzipped, `index.html` opens from the disk. Search is a plain script over a plain script with the
words (`file://` lets no page fetch another); without JavaScript there are lists by tag and by
letter. Only what everyone sees is in it, and no names: a copy on a disk cannot be erased. Who
wrote what stands on the page online, which each page names.
"""

from forum.pack.building import LARGEST_BYTES, MOST_QUESTIONS, Built, build_pack

__all__ = ["LARGEST_BYTES", "MOST_QUESTIONS", "Built", "build_pack"]
