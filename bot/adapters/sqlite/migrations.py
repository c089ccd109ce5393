"""The tables, as migrations that are applied in order and never edited once released."""

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from bot.domain.audit import GENESIS

schema = Migrations("tinystacks")
_PROTECTION = ("audit_keeps", "audit_stays", "audit_continues")


class AuditUnprotected(Exception):
    """The triggers that make the audit log append-only are gone; str() is a sentence that ends in what to do."""


def migrate(db: Database) -> None:
    """Brings the tables up to date. Raises AuditUnprotected when the log could be rewritten."""
    schema.apply(db)
    there = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name='audit'")}
    missing = [name for name in _PROTECTION if name not in there]
    if missing:
        raise AuditUnprotected(
            f"The audit log is not protected: the database lacks the trigger {', '.join(missing)}. The bot does not "
            "start, since entries could be changed unseen. Run `python -m bot audit verify`, then restore a backup."
        )


@schema()
def m001_requests(db: Database) -> None:
    """What people did, under its de-duplication key."""
    _run(
        db,
        """CREATE TABLE requests (key TEXT PRIMARY KEY, at TEXT NOT NULL, team_id TEXT NOT NULL, user_id TEXT NOT NULL,
        kind TEXT NOT NULL, state TEXT NOT NULL, change_id TEXT NOT NULL DEFAULT '', body TEXT NOT NULL,
        ack TEXT NOT NULL) STRICT, WITHOUT ROWID""",
        "CREATE INDEX requests_at ON requests(at)",
        "CREATE INDEX requests_received ON requests(at) WHERE state = 'received'",
    )


@schema()
def m002_changes(db: Database) -> None:
    """Changes and their calls. A stage has one running change, beside failing rollouts that ECS still tries."""
    _run(
        db,
        """CREATE TABLE changes (id TEXT PRIMARY KEY, stack TEXT NOT NULL, stage TEXT NOT NULL, region TEXT NOT NULL,
        cluster TEXT NOT NULL, role_arn TEXT NOT NULL, verb TEXT NOT NULL, user_id TEXT NOT NULL, state TEXT NOT NULL,
        failing INTEGER NOT NULL, version INTEGER NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
        started_at TEXT, finished_at TEXT, body TEXT NOT NULL) STRICT, WITHOUT ROWID""",
        """CREATE UNIQUE INDEX changes_holder ON changes(stack, stage)
        WHERE state IN ('approved', 'applying') OR (state = 'rolling_out' AND failing = 0)""",
        """CREATE INDEX changes_running ON changes(stack, stage, created_at)
        WHERE state IN ('approved', 'applying', 'rolling_out')""",
        "CREATE INDEX changes_succeeded ON changes(stack, stage, finished_at) WHERE state = 'succeeded'",
        """CREATE TABLE calls (change_id TEXT NOT NULL REFERENCES changes(id), number INTEGER NOT NULL,
        operation TEXT NOT NULL, claim TEXT NOT NULL, intent_at TEXT NOT NULL, attempts INTEGER NOT NULL, outcome TEXT,
        PRIMARY KEY (change_id, number)) STRICT, WITHOUT ROWID""",
    )


@schema()
def m003_postings(db: Database) -> None:
    """Messages on their way to Slack."""
    _run(
        db,
        """CREATE TABLE postings (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, channel_id TEXT NOT NULL,
        thread_of TEXT NOT NULL, urgency INTEGER NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL,
        sent_version INTEGER NOT NULL, ts TEXT NOT NULL, intent_at TEXT, attempts INTEGER NOT NULL, not_before TEXT,
        sent_at TEXT, problem TEXT NOT NULL) STRICT""",
        "CREATE INDEX postings_unsent ON postings(urgency, number) WHERE sent_version < version",
    )


@schema()
def m004_wakes(db: Database) -> None:
    """When which key is due."""
    _run(
        db,
        "CREATE TABLE wakes (key TEXT PRIMARY KEY, at TEXT NOT NULL, version INTEGER NOT NULL) STRICT, WITHOUT ROWID",
    )


@schema()
def m005_audit(db: Database) -> None:
    """The append-only log (contract section 5). Never `transform` it: that drops its triggers (durability 3.4)."""
    _run(
        db,
        """CREATE TABLE audit (id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, team_id TEXT NOT NULL,
        user_id TEXT NOT NULL, user_name TEXT NOT NULL, action TEXT NOT NULL, stack TEXT NOT NULL, stage TEXT NOT NULL,
        change_id TEXT NOT NULL, outcome TEXT NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL,
        prev_hash TEXT NOT NULL, hash TEXT NOT NULL) STRICT""",
        "CREATE INDEX audit_user ON audit(user_id, id)",
        "CREATE INDEX audit_stage ON audit(stack, stage, id)",
        "CREATE INDEX audit_change ON audit(change_id, id)",
        """CREATE TRIGGER audit_keeps BEFORE UPDATE ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END""",
        """CREATE TRIGGER audit_stays BEFORE DELETE ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END""",
        f"""CREATE TRIGGER audit_continues BEFORE INSERT ON audit
        WHEN NEW.id IS NOT (SELECT COALESCE(MAX(id), 0) + 1 FROM audit) OR NEW.prev_hash IS NOT
        COALESCE((SELECT hash FROM audit ORDER BY id DESC LIMIT 1), '{GENESIS}')
        BEGIN SELECT RAISE(ABORT, 'an audit entry must continue the chain'); END""",
    )


@schema()
def m006_approvals(db: Database) -> None:
    """What waits for a decision or its turn, who asks how often, and what is behind each button."""
    _run(
        db,
        """CREATE INDEX changes_waiting ON changes(stack, stage, created_at)
        WHERE state IN ('proposed', 'awaiting_approval')""",
        "CREATE INDEX changes_user ON changes(user_id, created_at)",
        """CREATE TABLE tokens (hash TEXT PRIMARY KEY, value TEXT NOT NULL, action_id TEXT NOT NULL,
        about TEXT NOT NULL, expires_at TEXT NOT NULL, used_at TEXT) STRICT, WITHOUT ROWID""",
        "CREATE INDEX tokens_value ON tokens(value, action_id)",
        "CREATE INDEX tokens_end ON tokens(expires_at)",
    )


@schema()
def m007_locks(db: Database) -> None:
    """Who holds which stage; empty names: everything. The key is what takes a lock atomically."""
    _run(
        db,
        """CREATE TABLE locks (stack TEXT NOT NULL, stage TEXT NOT NULL, id TEXT NOT NULL UNIQUE, owner TEXT NOT NULL,
        body TEXT NOT NULL, PRIMARY KEY (stack, stage)) STRICT, WITHOUT ROWID""",
    )


def _run(db: Database, *statements: str) -> None:
    for statement in statements:
        db.execute(statement)
