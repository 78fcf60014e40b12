"""A ledger on a PostgreSQL server."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator

import psycopg
import pytest
from ledger_world import ID, NOON, begin, campaign, give, keys, new, placed, states, take
from psycopg import sql

from agentconf.calls.contact import NewContact
from agentconf.calls.ledger import server
from agentconf.calls.ledger.ledger import Ledger
from agentconf.calls.ledger.postgres import PostgresDatabase, open_postgres
from agentconf.calls.ledger.server import connection_settings
from agentconf.errors import AgentconfError, ConfigurationError

SECRET = "pass-of-the-database"


@pytest.fixture
def admin(ledger_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(ledger_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    with Ledger(open_postgres(ledger_url)) as opened:
        yield opened


def end_connections(admin: psycopg.Connection) -> None:
    """End the ledgers' connections, as a server does that is restarted."""
    admin.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE application_name = 'agentconf' AND datname = current_database()"
    )


def test_a_ledger_keeps_to_its_schema(ledger: Ledger, admin: psycopg.Connection) -> None:
    begin(ledger)
    found = admin.execute(
        "SELECT DISTINCT schemaname FROM pg_tables WHERE tablename IN ('note', 'campaign', 'contact')"
    )
    assert found.fetchall() == [("agentconf",)]


def test_what_other_schemas_hold_makes_no_difference(ledger_url: str, admin: psycopg.Connection) -> None:
    name = f"decoy_{id(admin)}"
    admin.execute(f"CREATE SCHEMA {name}")
    try:
        for table in ("note", "campaign", "contact", "lane", "attempt", "contact_whole"):
            admin.execute(f"CREATE TABLE {name}.{table} (id TEXT)")
        with Ledger(open_postgres(f"{ledger_url}?options=-csearch_path%3D{name}")) as ledger:
            begin(ledger)
            assert keys(take(ledger, 2).claimed) == ["key-0", "key-1"]
            give(ledger, placed("key-0"))
            assert ledger.enrol(campaign(), [new(2)], at=NOON).kept == 1
    finally:
        admin.execute(sql.SQL("SET client_min_messages = warning"))
        admin.execute(f"DROP SCHEMA {name} CASCADE")


def test_a_claim_is_durable_whatever_the_servers_default(ledger: Ledger) -> None:
    assert ledger._database.select("SHOW synchronous_commit", {}) == [("on",)]


def test_steps_see_what_is_committed_whatever_the_servers_default(ledger_url: str) -> None:
    options = "?options=-cdefault_transaction_isolation%3Dserializable"
    with Ledger(open_postgres(ledger_url + options)) as ledger, ledger._database.transaction():
        assert ledger._database.select("SHOW transaction_isolation", {}) == [("read committed",)]


def test_a_ledger_of_a_newer_agentconf_is_refused(
    ledger_url: str, ledger: Ledger, admin: psycopg.Connection
) -> None:
    admin.execute("UPDATE agentconf.note SET value = '2' WHERE name = 'version'")
    with pytest.raises(ConfigurationError, match="was written by a newer agentconf"):
        open_postgres(ledger_url)


def test_a_schema_of_somebody_else_is_refused(ledger_url: str, admin: psycopg.Connection) -> None:
    admin.execute("CREATE SCHEMA agentconf")
    admin.execute("CREATE TABLE agentconf.note (name TEXT, value TEXT)")
    with pytest.raises(ConfigurationError, match="the schema agentconf of this database is not a ledger's"):
        open_postgres(ledger_url)


def test_an_empty_schema_that_was_made_for_it_is_taken(ledger_url: str, admin: psycopg.Connection) -> None:
    admin.execute("CREATE SCHEMA agentconf")
    with Ledger(open_postgres(ledger_url)) as ledger:
        assert ledger.standings() == ()


def test_a_user_who_may_not_make_the_tables_is_told(ledger_url: str, admin: psycopg.Connection) -> None:
    role = f"guest_{id(admin)}"
    admin.execute(f"CREATE ROLE {role} LOGIN")
    try:
        with pytest.raises(ConfigurationError) as caught:
            open_postgres(ledger_url.replace("postgres@", f"{role}@"))
        assert caught.value.message.startswith(
            "the ledger's database refuses: permission denied for database"
        )
        assert caught.value.help == "grant its user CREATE on the database, or on its schema agentconf"
    finally:
        admin.execute(f"DROP ROLE {role}")


def test_a_connection_that_the_server_ended_is_made_anew(ledger: Ledger, admin: psycopg.Connection) -> None:
    begin(ledger)
    end_connections(admin)
    assert keys(take(ledger).claimed) == ["key-0"]
    end_connections(admin)
    assert ledger.counts(ID).total == 3


def test_a_connection_that_breaks_within_a_step_undoes_it_and_says_so(
    ledger: Ledger, admin: psycopg.Connection
) -> None:
    begin(ledger)

    def work() -> None:
        with ledger._database.transaction():
            ledger._database.change("UPDATE agentconf.contact SET state = 'failed'", {})
            end_connections(admin)
            ledger._database.select("SELECT 1", {})

    with pytest.raises(AgentconfError, match="the ledger's database failed: ") as caught:
        work()
    assert (
        caught.value.help == "see that the database is running and can be reached, then run the command again"
    )
    assert set(states(ledger).values()) == {"planned"}


def test_a_step_that_perhaps_was_not_carried_out_is_an_error(
    ledger: Ledger, admin: psycopg.Connection
) -> None:
    begin(ledger)

    def work() -> None:
        with ledger._database.transaction():
            ledger._database.change("UPDATE agentconf.contact SET state = 'failed'", {})
            end_connections(admin)

    with pytest.raises(AgentconfError, match="the ledger's database failed: "):
        work()
    assert set(states(ledger).values()) == {"planned"}


def test_a_step_whose_end_is_unknown_can_be_repeated(ledger: Ledger, admin: psycopg.Connection) -> None:
    begin(ledger)
    take(ledger)
    lost = give(ledger, placed("key-0"))
    end_connections(admin)
    assert give(ledger, placed("key-0")) == lost
    assert ledger.contact(ID, "key-0").calls == 1


def test_a_connection_that_breaks_while_contacts_come_in_leaves_nothing(
    ledger: Ledger, admin: psycopg.Connection
) -> None:
    def rows() -> Iterator[NewContact]:
        yield new(0)
        end_connections(admin)
        yield from (new(1, key=f"key-{index}") for index in range(2000))

    with pytest.raises(AgentconfError, match="the ledger's database failed"):
        ledger.enrol(campaign(), rows(), at=NOON)
    assert ledger.standings() == ()


def test_staged_contacts_do_not_outlive_their_connection(ledger: Ledger, admin: psycopg.Connection) -> None:
    def work() -> None:
        with ledger._database.stage([]):
            end_connections(admin)
            ledger._database.select("SELECT 1", {})

    with pytest.raises(AgentconfError, match="the connection to the ledger's database was lost"):
        work()
    begin(ledger)


def test_a_transaction_that_waits_too_long_gives_up(ledger_url: str, ledger: Ledger) -> None:
    begin(ledger)
    with Ledger(open_postgres(ledger_url)) as other, other._database.transaction():
        other._database.select("SELECT 1 FROM agentconf.campaign FOR UPDATE", {})
        ledger._database.change("SET lock_timeout = '10ms'", {})
        with pytest.raises(AgentconfError, match="canceling statement due to lock timeout"):
            take(ledger)


def test_a_mistake_of_ours_is_not_blamed_on_the_server(ledger: Ledger) -> None:
    with pytest.raises(psycopg.errors.UndefinedTable):
        ledger._database.select("SELECT * FROM agentconf.nonsense", {})


def test_one_campaign_does_not_wait_for_another(ledger_url: str, ledger: Ledger) -> None:
    begin(ledger)
    begin(ledger, 2, id="other")
    with Ledger(open_postgres(ledger_url)) as other, other._database.transaction():
        number = "+493023125000"
        assert other._database.select(other._database.locking, {"names": [number]}) == [(number,)]
        other._database.select("SELECT 1 FROM agentconf.campaign WHERE id = 'other' FOR UPDATE", {})
        turn = take(ledger, 2)
    assert keys(turn.claimed) == ["key-1", "key-2"]


@pytest.mark.parametrize(
    "url",
    [
        "mysql://host/db",
        f"postgresql://user:{SECRET}@x@host/db",
        f"postgresql://user:{SECRET}/x@host/db",
        f"postgresql://user:{SECRET}%zz@host/db",
        f"postgresql://user:{SECRET}@host:port/db",
        f"postgresql://user:{SECRET}@host/db?nonsense=1",
        f"host=x {SECRET}",
    ],
)
def test_a_url_that_cannot_be_read_is_not_shown(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        open_postgres(url)
    assert caught.value.message == "the URL of the ledger's database cannot be read"
    assert SECRET not in f"{caught.value.help}{caught.value!r}{caught.value.__cause__!r}"


def test_a_server_that_cannot_be_reached_is_named_without_the_password() -> None:
    with pytest.raises(ConfigurationError) as caught:
        open_postgres(f"postgresql://user:{SECRET}@127.0.0.1:1/db")
    assert "the ledger's database cannot be reached: connection" in caught.value.message
    assert "127.0.0.1" in caught.value.message
    assert SECRET not in f"{caught.value!r}{caught.value.__cause__!r}"


def test_a_connection_that_cannot_be_set_up_is_closed(
    ledger_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_SESSION", "SELECT nonsense")
    with pytest.raises(psycopg.errors.UndefinedColumn):
        open_postgres(ledger_url)


def test_a_database_that_is_not_there_is_named(ledger_url: str) -> None:
    with pytest.raises(ConfigurationError, match='database "no_such_database" does not exist'):
        open_postgres(ledger_url.rpartition("/")[0] + "/no_such_database")


def test_what_the_driver_logs_does_not_reach_the_terminal(ledger: Ledger) -> None:
    assert any(isinstance(handler, logging.NullHandler) for handler in logging.getLogger("psycopg").handlers)


def test_an_open_ledger_does_not_show_its_password(ledger_url: str) -> None:
    database = PostgresDatabase(connection_settings(f"postgresql://user:{SECRET}@host/db"))
    assert SECRET not in repr(database)
    database.close()


def test_without_psycopg_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ConfigurationError) as caught:
        open_postgres("postgresql://host/db")
    assert caught.value.help == "pip install 'agentconf[postgres]'"


def test_an_error_without_words_is_still_told() -> None:
    database = PostgresDatabase(connection_settings("postgresql://host/db"))

    def fail() -> None:
        raise psycopg.OperationalError

    database._open = fail  # type: ignore[method-assign,assignment]
    with pytest.raises(AgentconfError, match="the ledger's database failed: OperationalError"):
        database.select("SELECT 1", {})
