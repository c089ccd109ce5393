"""The tables, as migrations that are applied in order and never edited once released."""

from collections.abc import Mapping

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from bot.domain.audit import GENESIS

schema = Migrations("tinystacks")
_TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'"
_ENDS_AS_NOTED = """SELECT 1 FROM audit_head WHERE entries = (SELECT COALESCE(MAX(id), 0) FROM audit)
    AND hash = COALESCE((SELECT hash FROM audit ORDER BY id DESC LIMIT 1), hash)"""


class AuditUnprotected(Exception):
    """The triggers that make the audit log append-only are gone, or it does not end where the bot ended it; str() is a
    sentence that ends in what to do."""


def migrate(db: Database) -> None:
    """Brings the tables up to date. Raises AuditUnprotected when the log could be rewritten, or its end was."""
    schema.apply(db)
    missing = unprotected(dict(db.execute(_TRIGGERS)))
    if missing:
        raise AuditUnprotected(
            f"The audit log is not protected: the database lacks the trigger {', '.join(missing)}. The bot does not "
            "start, since entries could be changed unseen. Run `python -m bot audit verify`, then restore a backup."
        )
    if db.execute(_ENDS_AS_NOTED).fetchone() is None:
        raise AuditUnprotected(
            "The audit log does not end where the bot ended it: somebody else cut it off or added to it. The bot does "
            "not start. Run `python -m bot audit verify`, then restore a backup."
        )


def unprotected(triggers: Mapping[str, str]) -> list[str]:
    """Which triggers of the audit log are gone or say something else; `triggers`: those that are there, as SQL."""
    wanted = Database(memory=True)
    try:
        m005_audit(wanted)
        expected = dict(wanted.execute(_TRIGGERS))
    finally:
        wanted.close()
    return [name for name, sql in expected.items() if triggers.get(name) != sql]


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


@schema()
def m008_audit_head(db: Database) -> None:
    """The end of the log beside the log; indexes for what is asked of it, and for the history of a stage."""
    _run(
        db,
        """CREATE TABLE audit_head (one INTEGER PRIMARY KEY CHECK (one = 1), entries INTEGER NOT NULL,
        hash TEXT NOT NULL) STRICT""",
        f"""INSERT INTO audit_head SELECT 1, COALESCE(MAX(id), 0), COALESCE((SELECT hash FROM audit ORDER BY id DESC
        LIMIT 1), '{GENESIS}') FROM audit""",
        "CREATE INDEX audit_stack ON audit(stack, id)",
        "CREATE INDEX audit_user_stack ON audit(user_id, stack, id)",
        "CREATE INDEX audit_user_stage ON audit(user_id, stack, stage, id)",
        "CREATE INDEX audit_at ON audit(at)",
        "CREATE INDEX changes_of_stage ON changes(stack, stage, created_at, id) WHERE state <> 'proposed'",
    )


@schema()
def m009_rollbacks(db: Database) -> None:
    """What became of a stage's rollouts, for the way back."""
    _run(
        db,
        """CREATE INDEX changes_finished ON changes(stack, stage, finished_at, id)
        WHERE state IN ('succeeded', 'failed', 'rolled_back', 'superseded')""",
    )


@schema()
def m010_schedules(db: Database) -> None:
    """What comes when, and each time that it came: a key comes once."""
    _run(
        db,
        """CREATE TABLE schedules (id TEXT PRIMARY KEY, stack TEXT NOT NULL, stage TEXT NOT NULL, next_at TEXT,
        body TEXT NOT NULL) STRICT, WITHOUT ROWID""",
        "CREATE INDEX schedules_coming ON schedules(next_at, id) WHERE next_at IS NOT NULL",
        """CREATE TABLE fires (key TEXT PRIMARY KEY, schedule_id TEXT NOT NULL REFERENCES schedules(id),
        change_id TEXT NOT NULL, due_at TEXT NOT NULL, outcome TEXT NOT NULL) STRICT, WITHOUT ROWID""",
        "CREATE INDEX fires_due ON fires(due_at)",
    )


def _run(db: Database, *statements: str) -> None:
    for statement in statements:
        db.execute(statement)
