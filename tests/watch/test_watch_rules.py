import pytest

from analysis.watch import (
    KINDS,
    BadRules,
    Command,
    File,
    Followed,
    Terminal,
    Webhook,
    default_rules,
    read_rules,
)

EVERYTHING = """
follow:
  - story: facial-recognition-ban
  - query: '"live facial recognition" AND police'
    name: Police trials
    alerts: [burst, first-mention]
    thresholds:
      burst: {articles: 10}
  - everything: true
    alerts: [quality-drop, collection-stopped]
thresholds:
  burst: {days: 5, articles: 7}
  collection-stopped: {hours: 6}
send:
  - terminal
  - file: out/alerts.jsonl
  - command: [mail, -s, News, desk@example.org]
  - webhook: https://example.org:8443/alerts?to=desk
    timeout: 2.5
"""


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "rules.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_every_field_is_read(written, tmp_path):
    rules = read_rules(written(EVERYTHING))
    ban, police, everything = rules.followed
    assert (ban.story, ban.name, ban.wanted) == (
        "facial-recognition-ban",
        "Calls to ban facial recognition",
        ("burst", "first-mention", "new-top-provider", "quality-drop"),
    )
    assert (police.name, police.wanted, police.threshold("burst").articles) == (
        "Police trials",
        ("burst", "first-mention"),
        10,
    )
    assert (
        police.threshold("burst").days == 3
    )  # its own thresholds are whole: what they leave out is the default
    assert ban.threshold("burst").articles == 7
    assert everything.threshold("collection-stopped").hours == 6
    assert rules.targets == (
        Terminal(),
        File((tmp_path / "out" / "alerts.jsonl").resolve()),
        Command(("mail", "-s", "News", "desk@example.org")),
        Webhook("https://example.org:8443/alerts?to=desk", 2.5),
    )


@pytest.mark.parametrize("text", ["", "# nothing\n", "send: [terminal]\n"])
def test_what_is_left_out_is_as_without_a_file(written, text):
    assert read_rules(written(text)) == default_rules()


def test_without_a_file_every_story_and_everything_is_followed_for_all_kinds():
    rules = default_rules()
    assert [followed.story for followed in rules.followed[:-1]] == [
        "facial-recognition-ban", "police-facial-recognition", "ai-regulation", "deepfakes",
    ]  # fmt: skip
    assert {kind for followed in rules.followed for kind in followed.wanted} == set(KINDS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- a\n", ":1: the file must be a mapping with some of follow, thresholds, send; got a list"),
        ("folow: []\n", ":1: each field of the file must be one of follow, thresholds, send; got 'folow'"),
        ("send: [terminal]\nsend: [terminal]\n", ":2: send must be given once; got 'send'"),
        ("follow: []\n", ":1: follow must be a list of one or more; got a list"),
        ("follow:\n  - ban\n", ":2: follow[0] must be a mapping with some of story, query, everything"),
        ("follow:\n  - name: Ban\n", ":2: follow[0] must be a mapping with one of story, query and everything"),
        ("follow:\n  - story: a\n    query: b\n", ":2: follow[0] must be a mapping with one of story, query"),
        ("follow:\n  - story: bans\n", ":2: follow[0].story must be one of ai-regulation, deepfakes, facial"),
        ("follow:\n  - query: (ban\n", ":2: follow[0].query must be a query, see docs/watching.md:"),
        ("follow:\n  - query: '…'\n", ":2: follow[0].query must be a query"),
        ("follow:\n  - everything: false\n", ":2: follow[0].everything must be true; got 'false'"),
        ("follow:\n  - query: ban\n    alerts: [burts]\n", ":3: follow[0].alerts[0] must be one of burst, first-mention, new-top-provider, quality-drop; got 'burts'"),
        ("follow:\n  - query: ban\n    alerts:\n      - collection-stopped\n", ":4: follow[0].alerts[0] must be one of burst"),
        ("follow:\n  - everything: true\n    alerts: [first-mention]\n", ":3: follow[0].alerts[0] must be one of burst, new-top-provider"),
        ("follow:\n  - query: ban\n  - query: BAN\n", ":3: follow[1] must be another query than follow[0]"),
        ("thresholds:\n  burst: {size: 3}\n", ":2: each field of thresholds.burst must be one of days, articles; got 'size'"),
        ("thresholds:\n  burst:\n    articles: many\n", ":3: thresholds.burst.articles must be a whole number from 1 to 999999; got 'many'"),
        ("thresholds:\n  burst: {days: 0}\n", ":2: thresholds.burst.days must be a whole number from 1"),
        ("thresholds:\n  burst: {days: [1]}\n", ":2: thresholds.burst.days must be a whole number from 1 to 999999; got a list"),
        ("send: terminal\n", ":1: send must be a list of one or more; got 'terminal'"),
        ("send: [pigeon]\n", ":1: send[0] must be a mapping with some of terminal, file, command, webhook, timeout; got 'pigeon'"),
        ("send:\n  - webhook: ftp://example.org/\n", ":2: send[0].webhook must be an address that begins with http:// or https://; got 'ftp://example.org/'"),
        ("send:\n  - webhook: file:///etc/passwd\n", ":2: send[0].webhook must be an address"),
        ("send:\n  - webhook: http://x.example:no/\n", ":2: send[0].webhook must be an address"),
        ('send:\n  - webhook: "http://x.example/a b"\n', ":2: send[0].webhook must be an address"),
        ("send:\n  - command: mail -s News\n", ":2: send[0].command must be a list of program and arguments"),
        ("send:\n  - file: a.jsonl\n    timeout: 3\n", ":3: send[0].timeout must be left out: only a command and a webhook have one; got '3'"),
        ("send:\n  - webhook: http://x.example/\n    timeout: .nan\n", ":3: send[0].timeout must be a number of seconds above 0"),
        ("send:\n  - webhook: http://x.example/\n    timeout: 0\n", ":3: send[0].timeout must be"),
        ("follow: [\n", ": rules must be YAML in UTF-8;"),
        (b"follow: \xff\n", ": rules must be YAML in UTF-8;"),
        ("a: &a [*a]\n", ":1: each field of the file must be one of"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_file_line_and_field(written, text, message):
    path = written(text)
    with pytest.raises(BadRules) as raised:
        read_rules(path)
    assert str(raised.value).startswith(f"{path}{message}")
    assert "\n" not in str(raised.value) or "YAML" in message


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(BadRules, match=r"rules must be YAML in UTF-8; .*No such file"):
        read_rules(tmp_path / "none.yaml")


def test_an_alert_that_makes_no_sense_is_refused():
    with pytest.raises(BadRules, match="alerts of Ban must be some of burst"):
        Followed("Ban", "ban*", kinds=("collection-stopped",))


def test_what_is_followed_is_known_by_its_query_whatever_it_is_called():
    assert Followed("A", "Ban  AND police").key == Followed("B", "ban police").key
    assert Followed("A").key == "everything"
