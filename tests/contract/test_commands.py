"""Commands with the server stopped and beside a running one: the same answers, the same errors."""

from __future__ import annotations

import json
import signal
import socket
import stat
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

pytestmark = pytest.mark.contract

EVENTS = "who,what,when,euros\n" + "".join(
    f"p{i % 40},{'Visited' if i % 3 else 'Bought'},2026-09-{1 + i % 28:02d} 10:{i % 60:02d}:00,{i}\n"
    for i in range(300)
)


def _import(command, path):
    return command.json(
        "import", "events", str(path), "--workspace", "kauppa-oy",
        "--person", "who", "--event", "what", "--time", "when", "--value", "euros",
    )  # fmt: skip


@pytest.mark.parametrize("running", [False, True], ids=["stopped", "running"])
def test_the_main_commands_give_the_same_with_and_without_a_server(command, tmp_path, running):
    if running:
        command.start()
    made = command.json("workspace", "create", "Kauppa Oy")
    assert made["workspace"] == "kauppa-oy"
    assert set(made) == {"workspace", "write_key", "api_key"}
    user = command.json("user", "create", "mari@example.com", "--workspace", "kauppa-oy")
    assert user["user"] == "mari@example.com"
    assert len(user["password"]) >= 12

    path = tmp_path / "events.csv"
    path.write_text(EVENTS, encoding="utf-8")
    first, second = _import(command, path), _import(command, path)
    assert (first["accepted"], first["known"], first["rejected"]) == (300, 0, 0)
    assert (second["accepted"], second["known"], second["rejected"]) == (0, 300, 0)

    answer = command.query("Kauppa Oy", {"kind": "trend", "select": {"event": "Bought"}, "interval": "month"})
    assert [point["value"] for point in answer["points"]] == [100]
    journey = command.json("journey", "create", "--template", "nine-stages", "--workspace", "kauppa-oy")
    answer = command.query("kauppa-oy", {"kind": "journey", "journey": journey["journey"]})
    assert len(answer["stages"]) == 9


def test_what_a_command_did_beside_the_server_is_there_after_a_kill(command, tmp_path):
    command.start()
    command.json("workspace", "create", "Kauppa Oy")
    path = tmp_path / "events.csv"
    path.write_text(EVENTS, encoding="utf-8")
    _import(command, path)
    command.stop(signal.SIGKILL)
    answer = command.query(
        "kauppa-oy", {"kind": "trend", "select": {"event": ["Visited", "Bought"]}, "interval": "month"}
    )
    assert [point["value"] for point in answer["points"]] == [300]


def test_sigterm_ends_the_server_cleanly_and_takes_the_socket_away(command):
    command.start()
    socket = command.home / "run" / "polku.sock"
    assert stat.S_IMODE(socket.stat().st_mode) == 0o600
    assert command.stop() == 0
    assert not socket.exists()


def test_a_server_that_is_stopped_does_not_wait_for_slow_work(command, tmp_path):
    command.start()
    command.json("workspace", "create", "Kauppa Oy")
    path = tmp_path / "events.csv"
    path.write_text("who,what,when,euros\n" + EVENTS.partition("\n")[2] * 300, encoding="utf-8")
    _import(command, path)
    where = [{"property": "a", "op": "in", "value": [number % 10 for number in range(40)]}] * 20
    question = json.dumps({"kind": "funnel", "steps": [{"where": where}] * 20}, separators=(",", ":"))
    with ThreadPoolExecutor() as beside:
        asked = beside.submit(command.run, "query", "-", "--workspace", "kauppa-oy", input=question)
        time.sleep(3)
        begun = time.monotonic()
        assert command.stop() == 0
        assert time.monotonic() - begun < 15
        answer = asked.result()
    assert (answer.returncode, answer.stderr.partition(" ")[0]) == (1, "Error:")
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize(
    "said", [None, b"", b'{"progress": [1'], ids=["at once", "unheard", "amid an answer"]
)
def test_a_server_that_ends_while_a_command_speaks_to_it(command, said):
    (command.home / "run").mkdir(parents=True)
    with socket.socket(socket.AF_UNIX) as listener, ThreadPoolExecutor() as beside:
        listener.bind(str(command.home / "run" / "polku.sock"))
        listener.listen()
        listener.settimeout(30)
        asked = beside.submit(command.run, "workspace", "create", "x" * 100_000)
        channel, _address = listener.accept()
        if said is not None:
            while not channel.recv(1_000_000).endswith(b"\n"):
                pass
            channel.sendall(said)
        channel.close()
        answer = asked.result()
    assert answer.returncode == 1
    assert answer.stderr.startswith("Error: The server stopped before it answered.")


def test_a_home_folder_with_a_long_path_still_has_a_socket(command, tmp_path):
    command.home = tmp_path / ("a-very-long-folder-name-" * 6)
    command.start()
    assert command.json("workspace", "create", "Kauppa Oy")["workspace"] == "kauppa-oy"
    assert {path.name for path in (command.home / "run").iterdir()} == {"address", "polku.lock"}


def test_two_servers_do_not_share_a_home_folder(command):
    command.start()
    second = command.run("up", "--port", "1")
    assert second.returncode == 1
    assert second.stderr.startswith("Error: ")
    assert "Traceback" not in second.stderr


@pytest.mark.parametrize(
    ("arguments", "stdin", "code", "said"),
    [
        (["query", "-", "--workspace", "nobody"], "{}", 1, "There is no workspace"),
        (["query", "-", "--workspace", "kauppa-oy"], "{", 1, "not valid JSON"),
        (["query", "-", "--workspace", "kauppa-oy"], "[1]", 1, "one JSON object"),
        (["query", "-", "--workspace", "kauppa-oy"], "[" * 100_000, 1, "not valid JSON"),
        (["query", "-", "--workspace", "kauppa-oy"], '{"kind": "funel", "steps": []}', 1, "funnel"),
        (["query", "-"], "{}", 2, "--workspace"),
        (["qery"], None, 2, "qery"),
        (["workspace", "create", "Uusi", "--timezone", "Europe/Helsinky"], None, 1, "Europe/Helsinki"),
        (["user", "create", "not-an-address"], None, 1, "e-mail"),
    ],
)
def test_wrong_usage_is_said_in_words(command, arguments, stdin, code, said):
    command.json("workspace", "create", "Kauppa Oy")
    done = command.run(*arguments, input=stdin)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"POLKU_LOG_LEVEL": "LOUD"}, "POLKU_LOG_LEVEL is 'LOUD'; it can be DEBUG"),
        ({"DATABASE_URL": "postgresql://host:port/name"}, "DATABASE_URL must look like"),
        ({"DATABASE_URL": "postgresql://u:p@127.0.0.1:1/name"}, "The database name cannot be used"),
        ({"POLKU_HTTPS": "maybe"}, "POLKU_HTTPS is 'maybe'"),
    ],
)
def test_wrong_settings_are_said_in_words(command, environment, said):
    command.environment = environment
    done = command.run("workspace", "create", "Kauppa Oy")
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["polku.sqlite3", "secret_key"])
def test_broken_files_of_the_home_folder_are_named(command, name):
    (command.home / name).write_bytes(b"broken" * (1000 if name.endswith("3") else 1))
    done = command.run("workspace", "create", "Kauppa Oy")
    assert done.returncode == 1
    assert str(command.home / name) in done.stderr
    assert "Traceback" not in done.stderr


def test_the_command_line_speaks_finnish(command):
    command.environment = {"POLKU_LANGUAGE": "fi"}
    done = command.run("query", "-", "--workspace", "ei-ole", input="{}")
    assert done.stderr.startswith("Virhe: Työtilaa ei ole vielä")


def test_json_goes_to_standard_output_alone(command):
    done = command.run("workspace", "create", "Kauppa Oy", "--json")
    assert json.loads(done.stdout)["workspace"] == "kauppa-oy"
    assert done.stderr == ""
