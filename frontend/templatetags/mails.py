"""The tag of mails: where a piece stands that has a form of its own in each part."""

from django.template import Context, Library

from core.markup import Piece

register = Library()


@register.simple_tag(takes_context=True)
def put(context: Context, piece: Piece | None) -> str:
    """Put a piece on a line of its own: {% put said %}; nothing for None."""
    return "" if piece is None else str(context["pieces"].put(piece))
