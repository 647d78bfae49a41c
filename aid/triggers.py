"""What the database keeps of the ledger: entries balance, and nothing is changed afterwards."""

from core.triggers import Trigger, append_only, declare, refusing_function

_UNBALANCED = (
    "(SELECT COALESCE(SUM(minutes), 0) FROM aid_aidline WHERE entry_id = NEW.entry_id) <> 0 "
    "OR (SELECT COUNT(*) FROM aid_aidline WHERE entry_id = NEW.entry_id) < 2"
)
_SEALED = "EXISTS (SELECT 1 FROM aid_posting WHERE entry_id = NEW.entry_id)"
_UNSEALED = "NOT EXISTS (SELECT 1 FROM aid_posting WHERE entry_id = NEW.id)"


def _refuse(name: str, table: str, message: str, condition: str) -> Trigger:
    """Return the rule that a row is not inserted while the condition holds."""
    return Trigger(
        name=name,
        table=table,
        sqlite=[
            f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        ],
        postgresql=[
            refusing_function(name, message, condition),
            f"CREATE TRIGGER {name} BEFORE INSERT ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {name}()",
        ],
    )


def declare_all() -> None:
    """Declare the ledger's rules; PostgreSQL also refuses to commit an entry without its seal."""
    declare(
        append_only("aid_aidentry"),
        append_only("aid_aidline"),
        append_only("aid_posting"),
        _refuse("aid_balanced", "aid_posting", "the lines do not sum to zero", _UNBALANCED),
        _refuse("aid_sealed", "aid_aidline", "the entry is posted", _SEALED),
        Trigger(
            name="aid_posted",
            table="aid_aidentry",
            sqlite=[],
            postgresql=[
                refusing_function("aid_posted", "the entry is not posted", _UNSEALED),
                "CREATE CONSTRAINT TRIGGER aid_posted AFTER INSERT ON aid_aidentry "
                "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION aid_posted()",
            ],
        ),
    )
