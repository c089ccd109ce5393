"""`python -m bench [NAME …]`: measures, prints one table, writes bench/out/NAME.json; exit 1 if a bar is missed.

Several are measured one after the other, each in a process of its own, so that none inherits another's memory."""

import importlib
import os
import subprocess
import sys

import click

from bench.figure import OUT, Figure, read, table, write

NAMES = (
    "acks",
    "start",
    "memory",
    "crash",
    "completed",
    "truth",
    "preview",
    "looks",
    "first",
    "status",
    "tasks",
    "logs",
    "audit",
    "fuzz",
    "clicks",
    "forecast",
)
HEAD = ("what", "measured", "bar", "", "alone")


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(NAMES), metavar="[NAME]...")
def main(names: tuple[str, ...]) -> None:
    """Measures NAMEs, or all of them: acks start memory crash completed truth preview looks first status tasks logs
    audit fuzz clicks forecast."""
    if len(names) == 1:
        _measure(names[0])
        sys.exit(_told(names))
    chosen = names or NAMES
    sys.exit(max(*(_alone(name) for name in chosen), _told(chosen)))


def _measure(name: str) -> None:
    load = os.getloadavg()[0]
    figures: list[Figure] = importlib.import_module(f"bench.{name}").measure()
    write(name, figures, load)


def _alone(name: str) -> int:
    """0, or 1 where it broke or missed a bar."""
    print(f"measuring {name} …", file=sys.stderr, flush=True)
    (OUT / f"{name}.json").unlink(missing_ok=True)
    done = subprocess.run((sys.executable, "-m", "bench", name), stdout=subprocess.DEVNULL, check=False)
    return min(1, abs(done.returncode))


def _told(names: tuple[str, ...]) -> int:
    """Prints the table; 1 if a bar is missed or a figure is not there."""
    rows, missed, loads = [HEAD], 0, []
    for name in names:
        try:
            figures, load = read(name)
        except FileNotFoundError:
            rows.append((name, "not measured", "", "✗", f"python -m bench {name}"))
            missed = 1
            continue
        rows += [figure.row(name) for figure in figures]
        missed = max(missed, int(not all(figure.met for figure in figures)))
        loads.append(load)
    print(table(rows))
    busy = ", ".join(f"{load:.1f}" for load in loads)
    print(f"\n{os.cpu_count()} cores; load average of the minute before each: {busy}")
    return missed


if __name__ == "__main__":
    main(prog_name="python -m bench")
