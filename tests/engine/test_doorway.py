"""Work gives way to who comes in, but not for ever."""

from threading import Event, Thread

from bot.engine.doorway import Doorway

LONG = 30.0


def test_work_begins_when_the_last_one_is_in() -> None:
    doorway, began = Doorway(), Event()

    def work() -> None:
        doorway.wait_until_empty(LONG)
        began.set()

    worker = Thread(target=work)
    with doorway:
        with doorway:
            worker.start()
        assert not began.wait(0.1)
    assert began.wait(5.0)
    worker.join()


def test_work_does_not_wait_where_nobody_comes() -> None:
    Doorway().wait_until_empty(LONG)


def test_work_begins_all_the_same_when_the_stream_does_not_end() -> None:
    doorway = Doorway()
    with doorway:
        doorway.wait_until_empty(0.01)


def test_who_fails_in_the_doorway_has_left_it() -> None:
    doorway = Doorway()
    try:
        with doorway:
            raise ValueError
    except ValueError:
        doorway.wait_until_empty(LONG)
