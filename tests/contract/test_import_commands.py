"""`polku import` as people and scripts call it: options, exit codes, what is printed where."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.contract
RESULT = {
    "rows",
    "accepted",
    "known",
    "rejected",
    "rejected_file",
    "ties",
    "joined",
    "warnings",
    "recognised",
}


@pytest.fixture
def shop(command):
    command.json("workspace", "create", "Shop")
    return command


def test_every_kind_of_import(shop, tmp_path):
    def write(name: str, content: str) -> str:
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        return str(path)

    w = ("--workspace", "shop")
    orders = write(
        "o.csv", "id;who;at;sum;state;due;came\nA1;p1;1.3.2024 klo 9.05;1 234,50 €;sent;5.3.2024;6.3.2024\n"
    )
    made = shop.json(
        "import", "orders", orders, *w, "--id", "id", "--person", "who", "--time", "at", "--value", "sum",
        "--status", "state", "--promised", "due", "--delivered", "came",
    )  # fmt: skip
    assert set(made) == RESULT
    assert (made["rows"], made["accepted"]) == (1, 1)
    assert made["recognised"]["delimiter"] == ";"
    assert made["recognised"]["dates"]["at"] == "D.M.YYYY klo H.MM"
    assert made["recognised"]["decimal"] == {"sum": "comma"}

    lines = write("l.csv", "id,price\nA1,1000\nA1,200\n")
    assert shop.json("import", "orders", lines, *w, "--id", "id", "--value", "price", "--line")["rows"] == 2

    events = write("e.tsv", "order\tpaid\tsent\nA1\t2024-03-01 10:00:00\t\n")
    wide = shop.json(
        "import", "events", events, *w, "--order", "order", "--wide", "paid=Paid", "--wide", "sent=Sent"
    )
    assert (wide["accepted"], wide["joined"]) == (1, 1)

    scores = write("s.csv", "n,order,score,at,said\n1,A1,2,2024-03-07,late\n2,,5,2024-03-07,\n")
    answered = shop.json(
        "import", "scores", scores, *w, "--metric", "csat", "--scale", "1-5", "--score", "score", "--time", "at",
        "--order", "order", "--comment", "said", "--id", "n,order", "--touchpoint", "Delivery",
    )  # fmt: skip
    assert (answered["accepted"], answered["rejected"], answered["joined"]) == (1, 1, 1)
    assert answered["rejected_file"].startswith(str(shop.home / "rejected"))

    contacts = write("c.csv", "who,at,why,words\np1,2024-03-08,late,where is it?\n")
    assert shop.json(
        "import", "contacts", contacts, *w, "--person", "who", "--time", "at", "--reason", "why", "--text", "words"
    )["accepted"] == 1  # fmt: skip

    people = write("p.csv", "mail,card,city\na@example.com,p1,Oulu\n")
    known = shop.json(
        "import", "people", people, *w, "--person", "mail", "--alias", "card", "--property", "city"
    )
    assert known["rows"] == 1

    late = shop.query("shop", {"kind": "score", "metric": "csat", "where": [
        {"property": "order.on_time", "op": "eq", "value": False},
        {"property": "person.city", "op": "eq", "value": "Oulu"},
    ]})  # fmt: skip
    assert [group["n"] for group in late["groups"]] == [1]


def test_the_kinds_around_money_and_several_questions(shop, tmp_path):
    def bring(kind: str, content: str, *options: str):
        path = tmp_path / f"{kind}.csv"
        path.write_text(content, encoding="utf-8")
        made = shop.json("import", kind, str(path), "--workspace", "shop", *options)
        assert set(made) == RESULT
        return made["accepted"], made["known"], made["rejected"]

    contracts = ("--person", "who", "--start", "from", "--end", "to", "--id", "n", "--value", "fee")
    assert bring("contracts", "n;who;from;to;fee\n1;a;1.3.2024;1.5.2024;9,90\n", *contracts) == (2, 0, 0)
    refunds = ("--order", "o", "--time", "at", "--value", "sum", "--reason", "why")
    assert bring("refunds", "o;at;sum;why\nA1;1.3.2024;-5,00;late\nA1;1.3.2024;0;\n", *refunds) == (1, 0, 1)
    spend = ("--day", "d", "--source", "s", "--amount", "sum", "--medium", "m", "--campaign", "c")
    assert bring("spend", "d;s;m;c;sum\n1.3.2024;google;cpc;kevät;5,00\n", *spend) == (1, 0, 0)
    answers = (
        "--person",
        "who",
        "--time",
        "at",
        "--question",
        "a=csat",
        "--question",
        "b=text",
        "--scale",
        "1-7",
    )
    assert bring("answers", "who,at,a,b\nx,2024-03-01,7,fine\nx,2024-03-02,8,\n", *answers) == (2, 0, 1)


EVENTS = ("--event", "what", "--time", "when")
NPS = ("--score", "what", "--time", "when", "--metric", "nps", "--scale", "1-5")
WRONG = [
    (("events", "file.csv", "--person", "hwo", *EVENTS), 2, "Nearest: “who”"),
    (("events", "file.csv", *EVENTS), 2, "--person, --order or both"),
    (("scores", "file.csv", "--person", "who", "--score", "what", "--time", "when"), 2, "--metric"),
    (("scores", "file.csv", "--person", "who", *NPS), 2, "--metric recommend"),
    (("events", "file.csv", "--person", "who", *EVENTS, "--timezone", "Mars/Base"), 2, "Europe/Helsinki"),
    (("events", "empty.csv", "--person", "who", *EVENTS), 1, "is empty"),
    (("events", ".", "--person", "who", *EVENTS), 1, "is a folder"),
    (("events", "nothing.csv", "--person", "who", *EVENTS), 1, "There is no file"),
]


def test_wrong_usage_and_wrong_files(shop, tmp_path):
    (tmp_path / "file.csv").write_text("who,what,when\n1,a,2024-03-01\n")
    (tmp_path / "empty.csv").touch()
    for (kind, file, *options), code, message in WRONG:
        done = shop.run("import", kind, str(tmp_path / file), *options, "--workspace", "shop", "--json")
        assert (done.returncode, done.stdout) == (code, ""), options
        assert message in done.stderr.replace("\n", " ")
        assert "Traceback" not in done.stderr
        assert not list((shop.home / "staging").glob("*"))


def test_rejected_rows_do_not_fail_the_command(shop, tmp_path):
    file = tmp_path / "file.csv"
    file.write_text("who,what,when\n1,a,2024-03-01\n1,a,never\n")
    done = shop.run(
        "import", "events", str(file), "--workspace", "shop", "--person", "who", "--event", "what", "--time", "when"
    )  # fmt: skip
    assert done.returncode == 0
    assert "2 rows: 1 new, 0 known already, 1 rejected." in done.stdout
    (table,) = (shop.home / "rejected").glob("*.csv")
    assert str(table) in done.stdout
    assert table.read_text("utf-8").splitlines()[1].startswith("3,")
