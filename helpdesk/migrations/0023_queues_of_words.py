"""Beside the words of each text its queue, on PostgreSQL: see helpdesk.words.

A message gets a column of its ticket's queue, which triggers keep from then on; those of
helpdesk.triggers take their place when all migrations are done.
"""

from django.db import migrations, transaction

from core.operations import MakeBesideModels

# Each in a transaction of its own: none locks both tables, as who opens a ticket does.
KEEP = (
    "ALTER TABLE helpdesk_message ADD COLUMN IF NOT EXISTS queue_id bigint",
    """
    CREATE OR REPLACE FUNCTION helpdesk_message_queue() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN NEW.queue_id := (SELECT queue_id FROM helpdesk_ticket WHERE id = NEW.ticket_id);
    RETURN NEW; END $$;
    DROP TRIGGER IF EXISTS helpdesk_message_queue ON helpdesk_message;
    CREATE TRIGGER helpdesk_message_queue BEFORE INSERT OR UPDATE OF ticket_id
    ON helpdesk_message FOR EACH ROW EXECUTE FUNCTION helpdesk_message_queue();
    """,
    """
    CREATE OR REPLACE FUNCTION helpdesk_ticket_queue() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN UPDATE helpdesk_message SET queue_id = NEW.queue_id WHERE ticket_id = NEW.id;
    RETURN NULL; END $$;
    DROP TRIGGER IF EXISTS helpdesk_ticket_queue ON helpdesk_ticket;
    CREATE TRIGGER helpdesk_ticket_queue AFTER UPDATE OF queue_id ON helpdesk_ticket FOR EACH ROW
    WHEN (OLD.queue_id IS DISTINCT FROM NEW.queue_id) EXECUTE FUNCTION helpdesk_ticket_queue();
    """,
)
KEEP_NO_MORE = (
    "DROP TRIGGER helpdesk_ticket_queue ON helpdesk_ticket",
    "DROP TRIGGER helpdesk_message_queue ON helpdesk_message",
    "ALTER TABLE helpdesk_message DROP COLUMN queue_id",
)
# The tickets first, as every action locks them: who moves one waits, or was waited for.
FILL = """
UPDATE helpdesk_message AS said SET queue_id = ticket.queue_id FROM (
    SELECT id, queue_id FROM helpdesk_ticket WHERE id BETWEEN %s AND %s ORDER BY id FOR SHARE
) AS ticket WHERE ticket.id = said.ticket_id AND said.queue_id IS DISTINCT FROM ticket.queue_id
"""
TOGETHER = 2000  # tickets
BLOCK = "ARRAY[%s.id >> 12]"
QUEUE = "ARRAY[%s.queue_id]"


def make(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        return
    one_by_one(schema_editor, KEEP)
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM helpdesk_ticket")
        (last,) = cursor.fetchone()
        for start in range(1, last + 1, TOGETHER):
            with transaction.atomic():
                cursor.execute(FILL, [start, start + TOGETHER - 1])
    rebuild(schema_editor, lambda table: f"words, ({BLOCK % table}), ({QUEUE % table})")


def take_away(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        return
    rebuild(schema_editor, lambda table: f"words, ({BLOCK % table})")
    one_by_one(schema_editor, KEEP_NO_MORE)


def one_by_one(schema_editor, statements):
    for statement in statements:
        with transaction.atomic():
            schema_editor.execute(statement)


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
