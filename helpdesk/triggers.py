"""What the database keeps by itself: no text published without a consent to it; on SQLite, words.

PostgreSQL keeps the words of messages and subjects by itself, in a generated column of each; the
queue of a message, which is its ticket's, by triggers, for the index of words.
"""

from core.triggers import Trigger, declare, refusing_function
from helpdesk.words import KEPT

ANSWERS, CONSENTS = "helpdesk_publicanswer", "helpdesk_consent"
_NO_CONSENT = (
    "NEW.state = 'published' AND NOT EXISTS (SELECT 1 FROM helpdesk_consent AS c "
    "WHERE c.answer_id = NEW.id AND c.text_hash = NEW.text_hash "
    "AND c.agrees AND c.withdrawn_at IS NULL)"
)
_OTHER_TEXT = (
    "OLD.state = 'published' AND (NEW.text_hash <> OLD.text_hash OR NEW.title <> OLD.title "
    "OR NEW.question_source <> OLD.question_source OR NEW.answer_source <> OLD.answer_source "
    "OR NEW.language <> OLD.language)"
)
_OTHER_CONSENT = (
    "NEW.text_hash <> OLD.text_hash OR NEW.agrees <> OLD.agrees OR NEW.answer_id <> OLD.answer_id "
    "OR NEW.person_id <> OLD.person_id OR OLD.withdrawn_at IS NOT NULL"
)

_QUEUE_OF_TICKET = [
    "CREATE OR REPLACE FUNCTION helpdesk_message_queue() RETURNS trigger LANGUAGE plpgsql AS $$ "
    "BEGIN NEW.queue_id := (SELECT queue_id FROM helpdesk_ticket WHERE id = NEW.ticket_id); "
    "RETURN NEW; END $$",
    "CREATE TRIGGER helpdesk_message_queue BEFORE INSERT OR UPDATE OF ticket_id "
    "ON helpdesk_message FOR EACH ROW EXECUTE FUNCTION helpdesk_message_queue()",
]
_QUEUE_OF_MESSAGES = [
    "CREATE OR REPLACE FUNCTION helpdesk_ticket_queue() RETURNS trigger LANGUAGE plpgsql AS $$ "
    "BEGIN UPDATE helpdesk_message SET queue_id = NEW.queue_id WHERE ticket_id = NEW.id; "
    "RETURN NULL; END $$",
    "CREATE TRIGGER helpdesk_ticket_queue AFTER UPDATE OF queue_id ON helpdesk_ticket FOR EACH ROW "
    "WHEN (OLD.queue_id IS DISTINCT FROM NEW.queue_id) EXECUTE FUNCTION helpdesk_ticket_queue()",
]


def _refuse(name: str, table: str, verb: str, message: str, condition: str) -> Trigger:
    return Trigger(
        name=name,
        table=table,
        sqlite=[
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        ],
        postgresql=[
            refusing_function(name, message, condition),
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {name}()",
        ],
    )


def _of_queue(name: str, table: str, statements: list[str]) -> Trigger:
    needs = ("helpdesk_message", "queue_id")  # a column that no model knows
    return Trigger(name, table, sqlite=[], postgresql=statements, needs=needs)


def declare_all() -> None:
    """Declare the rules of consents, and that words are kept beside what is written."""
    no_consent = "nothing is published without consent to this text"
    declare(
        _refuse("helpdesk_consented_insert", ANSWERS, "INSERT", no_consent, _NO_CONSENT),
        _refuse("helpdesk_consented_update", ANSWERS, "UPDATE", no_consent, _NO_CONSENT),
        _refuse("helpdesk_text_stands", ANSWERS, "UPDATE", "what is published stands", _OTHER_TEXT),
        _refuse("helpdesk_consent_stands", CONSENTS, "UPDATE", "a consent stands", _OTHER_CONSENT),
    )
    declare(
        _of_queue("helpdesk_message_queue", "helpdesk_message", _QUEUE_OF_TICKET),
        _of_queue("helpdesk_ticket_queue", "helpdesk_ticket", _QUEUE_OF_MESSAGES),
    )
    for table, column in KEPT:
        declare(Trigger(f"{table}_words", table, _words_on_sqlite(table, column), postgresql=[]))


def _words_on_sqlite(table: str, column: str) -> list[str]:
    words = f"{table}_words"
    gone = f"DELETE FROM {words} WHERE rowid = old.id; "  # noqa: S608  (our own names)
    kept = f"INSERT INTO {words}(rowid, words) VALUES (new.id, new.{column}); "  # noqa: S608
    again = f"DELETE FROM {words} WHERE rowid = new.id; "  # noqa: S608
    return [
        # A row of this id may be left from a time without triggers.
        f"CREATE TRIGGER {words}_insert AFTER INSERT ON {table} BEGIN {again}{kept}END",
        f"CREATE TRIGGER {words}_update AFTER UPDATE OF {column} ON {table} BEGIN {gone}{kept}END",
        f"CREATE TRIGGER {words}_delete AFTER DELETE ON {table} BEGIN {gone}END",
    ]
