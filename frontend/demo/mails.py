"""A few mails that came in: an answer, an absence, and two for an agent to decide on."""

from core import replies
from helpdesk.actions import receive_mail
from helpdesk.models import Ticket
from people.queries import email_of

ANSWER = """From: {name} <{address}>
To: {reply}
Subject: Re: [{number}] {subject}
Message-ID: <answer.{number}@mail.example>
Content-Type: text/plain; charset=utf-8

Bonjour,

c’est fait, j’ai remplacé l’enregistrement SPF dans le panneau. Faut-il attendre avant d’essayer ?

Merci !

--
Le bureau du Collectif du Port
06 39 98 00 00

Le mar. 3 mars 2026 à 10:22, Entraide <help@entraide.example> a écrit :

> Qui gère la zone DNS : vous, dans le panneau, ou un autre bureau d’enregistrement ?
"""
ABSENCE = """From: {name} <{address}>
To: {reply}
Subject: Réponse automatique : [{number}] {subject}
Message-ID: <absence.{number}@mail.example>
Auto-Submitted: auto-replied
Content-Type: text/plain; charset=utf-8

Le bureau est fermé jusqu’à lundi. Nous vous répondrons à notre retour.
"""
NEIGHBOUR = """From: Rachid Benali <rachid@voisins.example>
To: help@entraide.example
Subject: Re: [{number}] {subject}
Message-ID: <neighbour.{number}@mail.example>
Content-Type: text/plain; charset=utf-8

Bonjour, nous avons le même souci depuis lundi, et c’est le Collectif du Port qui nous a donné ce
numéro. Que devons-nous changer ?
"""
NEWSLETTER = """From: Les nouvelles du web <lettre@nouvelles.example>
To: help@entraide.example
Subject: Dix astuces pour votre site
Message-ID: <letter.42@nouvelles.example>
Precedence: bulk
List-Unsubscribe: <mailto:stop@nouvelles.example>
Content-Type: text/plain; charset=utf-8

Bonjour, voici les dix astuces de la semaine pour que votre site soit lu.
"""


def load_mails(tickets: dict[str, Ticket]) -> None:
    """Take in the mails, about one ticket of the demo."""
    ticket = tickets["mail-in-spam"]
    requester = ticket.requester
    facts = {
        "name": requester.display_name,
        "address": email_of(requester),
        "number": ticket.number,
        "subject": ticket.subject,
        "reply": replies.reply_address(
            replies.token_of("helpdesk.ticket", ticket.pk, requester.pk)
        ),
    }
    for mail in (ANSWER, ABSENCE, NEIGHBOUR, NEWSLETTER):
        receive_mail(raw=mail.format(**facts).encode())
