"""Beside the words of each text its queue, on PostgreSQL: see helpdesk.words.

A message gets a column of its ticket's queue, which triggers keep from then on; those of
helpdesk.triggers take their place when all migrations are done.
"""

from django.db import migrations, transaction

from core.operations import MakeBesideModels

KEEP = """
ALTER TABLE helpdesk_message ADD COLUMN IF NOT EXISTS queue_id bigint;
CREATE OR REPLACE FUNCTION helpdesk_message_queue() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.queue_id := (SELECT queue_id FROM helpdesk_ticket WHERE id = NEW.ticket_id);
RETURN NEW; END $$;
DROP TRIGGER IF EXISTS helpdesk_message_queue ON helpdesk_message;
CREATE TRIGGER helpdesk_message_queue BEFORE INSERT OR UPDATE OF ticket_id
ON helpdesk_message FOR EACH ROW EXECUTE FUNCTION helpdesk_message_queue();
CREATE OR REPLACE FUNCTION helpdesk_ticket_queue() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN UPDATE helpdesk_message SET queue_id = NEW.queue_id WHERE ticket_id = NEW.id;
RETURN NULL; END $$;
DROP TRIGGER IF EXISTS helpdesk_ticket_queue ON helpdesk_ticket;
CREATE TRIGGER helpdesk_ticket_queue AFTER UPDATE OF queue_id ON helpdesk_ticket FOR EACH ROW
WHEN (OLD.queue_id IS DISTINCT FROM NEW.queue_id) EXECUTE FUNCTION helpdesk_ticket_queue();
"""
FILL = """
UPDATE helpdesk_message AS said SET queue_id = ticket.queue_id FROM helpdesk_ticket AS ticket
WHERE ticket.id = said.ticket_id AND said.queue_id IS DISTINCT FROM ticket.queue_id
"""
KEEP_NO_MORE = """
DROP TRIGGER helpdesk_message_queue ON helpdesk_message;
DROP TRIGGER helpdesk_ticket_queue ON helpdesk_ticket;
ALTER TABLE helpdesk_message DROP COLUMN queue_id
"""
BLOCK = "ARRAY[%s.id >> 12]"
QUEUE = "ARRAY[%s.queue_id]"


def make(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        return
    with transaction.atomic():
        schema_editor.execute(KEEP)
    schema_editor.execute(FILL)
    rebuild(schema_editor, lambda table: f"words, ({BLOCK % table}), ({QUEUE % table})")


def take_away(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        return
    rebuild(schema_editor, lambda table: f"words, ({BLOCK % table})")
    with transaction.atomic():
        schema_editor.execute(KEEP_NO_MORE)


def rebuild(schema_editor, columns):
    # A new database's tables are made in one transaction, and nobody writes yet.
    meanwhile = "" if schema_editor.connection.in_atomic_block else "CONCURRENTLY"
    for table in ("helpdesk_message", "helpdesk_ticket"):
        words = f"{table}_words"
        schema_editor.execute(f"DROP INDEX IF EXISTS {words}_new")  # of a run that was broken off
        schema_editor.execute(
            f"CREATE INDEX {meanwhile} {words}_new ON {table} USING gin ({columns(table)})"
        )
        with transaction.atomic():  # a run broken off leaves the old one or the new one
            schema_editor.execute(f"DROP INDEX IF EXISTS {words}")
            schema_editor.execute(f"ALTER INDEX {words}_new RENAME TO {words}")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("helpdesk", "0022_where_mails_of_a_ticket_go")]
    operations = [MakeBesideModels(make, take_away)]
