"""The store: rows in one SQLite file. The only SQL of the bot."""

from bot.adapters.sqlite.files import NoDatabase, database_path, readable_by_others
from bot.adapters.sqlite.lock import InUse
from bot.adapters.sqlite.migrations import AuditUnprotected
from bot.adapters.sqlite.reading import AuditFile
from bot.adapters.sqlite.store import SqliteStore

__all__ = ["AuditFile", "AuditUnprotected", "InUse", "NoDatabase", "SqliteStore", "database_path", "readable_by_others"]
