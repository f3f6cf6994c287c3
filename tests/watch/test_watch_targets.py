import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from analysis.watch import Command, File, Terminal, Undelivered, Webhook

ALERT = {"id": "3f9a", "kind": "burst", "text": "Ban – 顔認識", "articles": []}


def test_a_file_gets_a_line_an_alert_and_its_folder_is_made(tmp_path):
    target = File(tmp_path / "new" / "alerts.jsonl")
    target.deliver(ALERT)
    target.deliver({**ALERT, "id": "2"})
    lines = target.path.read_text("utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [ALERT, {**ALERT, "id": "2"}]
    assert target.has(ALERT)
    assert not target.has({**ALERT, "id": "4"})


def test_a_line_that_was_cut_short_spoils_no_other(tmp_path):
    target = File(tmp_path / "alerts.jsonl")
    target.path.write_text('{"id": "1"}\n{"id": "2", "te', "utf-8")
    target.deliver(ALERT)
    assert target.path.read_text("utf-8").splitlines()[-1] == json.dumps(ALERT, ensure_ascii=False)
    assert target.has(ALERT)
    assert not target.has({**ALERT, "id": "2"})


def test_a_file_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(Undelivered, match="Is a directory"):
        File(tmp_path / "folder").deliver(ALERT)


def test_a_command_gets_the_alert_and_its_arguments_as_they_are(tmp_path):
    code = "import json, sys; json.dump([json.load(sys.stdin), sys.argv[2]], open(sys.argv[1], 'w'))"
    out = tmp_path / "got.json"
    Command((sys.executable, "-c", code, str(out), "$(rm -rf x); `y` *")).deliver(ALERT)
    assert json.loads(out.read_text("utf-8")) == [ALERT, "$(rm -rf x); `y` *"]


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (("no-such-program-here",), "No such file or directory: no-such-program-here"),
        (
            (sys.executable, "-c", "import sys; print('why', file=sys.stderr); sys.exit(3)"),
            "exit code 3: why",
        ),
    ],
)
def test_a_command_that_fails_is_said(argv, message):
    with pytest.raises(Undelivered, match=message):
        Command(argv).deliver(ALERT)


@pytest.mark.slow
def test_a_command_that_does_not_end_is_stopped():
    with pytest.raises(Undelivered, match=r"did not end within 0\.3 s"):
        Command((sys.executable, "-c", "import time; time.sleep(60)"), timeout=0.3).deliver(ALERT)


def test_the_terminal_is_what_shows():
    shown = []
    Terminal(shown.append).deliver(ALERT)
    assert shown == [ALERT]


@pytest.fixture
def server():
    """A server on loopback that answers as told and keeps what it got; `answer` may be a status or a wait."""
    got, told = [], {"status": 204, "held": None, "location": ""}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((self.path, dict(self.headers), json.loads(body)))
            if told["held"] is not None:
                told["held"].wait(30)
            self.send_response(told["status"])
            if told["location"]:
                self.send_header("Location", told["location"])
            self.end_headers()

        def do_GET(self):
            got.append((self.path, {}, None))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    made = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{made.server_port}", got, told
    made.shutdown()
    thread.join()
    made.server_close()


def test_a_webhook_gets_the_alert_as_json_with_its_id_as_key(server):
    address, got, _ = server
    Webhook(f"{address}/alerts?to=desk").deliver(ALERT)
    ((path, headers, body),) = got
    assert (path, body) == ("/alerts?to=desk", ALERT)
    assert headers["Content-Type"] == "application/json"
    assert headers["Idempotency-Key"] == "3f9a"


@pytest.mark.parametrize("status", [301, 302, 307, 404, 500, 503])
def test_any_answer_but_success_is_a_failure_and_leads_nowhere(server, status):
    address, got, told = server
    told |= {"status": status, "location": f"{address}/elsewhere"}
    with pytest.raises(Undelivered, match=f"answered {status}"):
        Webhook(address).deliver(ALERT)
    assert [path for path, _, _ in got] == ["/"]


def test_a_webhook_that_does_not_answer_is_given_up(server):
    address, _, told = server
    told["held"] = threading.Event()
    with pytest.raises(Undelivered, match="timed out"):
        Webhook(address, timeout=0.2).deliver(ALERT)
    told["held"].set()


def test_a_webhook_that_is_not_there_is_said():
    with pytest.raises(Undelivered, match="refused"):
        Webhook("http://127.0.0.1:9/", timeout=2).deliver(ALERT)
