"""Telling others of files: commands, webhooks, media servers; the work never waits, and what fails is a warning."""

import json
import shlex
import socket
import sys
import threading
import wave
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subgen.cli.notices import Notices
from subgen.cli.settings import Console
from subgen.cli.shell import run
from subgen.errors import OptionError
from subgen.library.notify import SCHEMA, Notice, Notifier, Undelivered
from subgen.library.notify_command import Command
from subgen.library.notify_http import Address, Webhook, request
from subgen.library.notify_servers import Jellyfin, Plex, mapped, read_maps, server
from subgen.library.stop import Stop
from subgen.library.work import End, Outcome

FILM = Path("/films/a/film.mkv")
DONE = Outcome(FILM, End.DONE, "", (Path("/films/a/film.en.srt"), Path("/films/a/film.en.json")), 12.3456)
FAILED = Outcome(Path("/films/b.mkv"), End.FAILED, "/films/b.mkv has no audio.", again=1_000_060.0)
SKIPPED = Outcome(Path("/films/c.mkv"), End.SKIPPED, "it has subtitles")
MOMENT = 1_000_000.0


def notice(outcome=DONE):
    return Notice(outcome, MOMENT)


class Handler(BaseHTTPRequestHandler):
    """Notes every request, and gives the next of the server's answers."""

    def do_GET(self):
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        self.server.seen.append((self.command, self.path, dict(self.headers), json.loads(body) if body else None))
        code, headers, answer = self.server.answers.pop(0) if self.server.answers else (204, {}, b"")
        self.send_response(code)
        for name, value in {**headers, "Content-Length": str(len(answer))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer)

    do_POST = do_GET  # noqa: N815 - the names that http.server looks for

    def log_message(self, *_):
        """Says nothing."""


@pytest.fixture
def web():
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        listening.seen, listening.answers = [], []
        listening.url = f"http://127.0.0.1:{listening.server_port}"
        thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
        thread.start()
        yield listening
        listening.shutdown()
        thread.join()


class Warnings(list):
    def __call__(self, path, text):
        self.append((path, text))


class Recording:
    """A channel that notes what it is sent, and fails where it is told to."""

    name = "the recorder"

    def __init__(self, failures=(), most=1):
        self.most = most
        self.failures = list(failures)
        self.seen = []

    def send(self, notices):
        self.seen.append([each.path for each in notices])
        failure = self.failures.pop(0) if self.failures else None
        if failure is not None:
            raise failure

    def stop(self):
        """Nothing runs."""


def told(channel, *outcomes, **wishes):
    warnings = Warnings()
    with Notifier([channel], warnings, clock=lambda: MOMENT, **{"pauses": (0.0, 0.0), **wishes}) as notifier:
        for outcome in outcomes:
            notifier.tell(outcome)
    return warnings


def test_a_notice_says_everything():
    assert notice().values() == {
        "schema": SCHEMA,
        "event": "done",
        "path": "/films/a/film.mkv",
        "outputs": ["/films/a/film.en.srt", "/films/a/film.en.json"],
        "audio_seconds": 12.346,
        "why": "",
        "again": None,
        "moment": "1970-01-12T13:46:40.000+00:00",
    }
    failed = notice(FAILED).values()
    assert (failed["event"], failed["why"]) == ("failed", "/films/b.mkv has no audio.")
    assert failed["again"] == "1970-01-12T13:47:40.000+00:00"


def test_done_and_failed_are_told_and_skipped_is_not():
    channel = Recording()
    assert told(channel, DONE, SKIPPED, FAILED) == []
    assert channel.seen == [[DONE.path], [FAILED.path]]


def test_what_waits_is_told_together_where_the_channel_can():
    held, entered = threading.Event(), threading.Event()

    class Slow(Recording):
        def send(self, notices):
            entered.set()
            held.wait()
            super().send(notices)

    channel = Slow(most=3)
    with Notifier([channel], Warnings()) as notifier:
        notifier.tell(DONE)
        entered.wait()
        for _ in range(4):
            notifier.tell(DONE)
        held.set()
    assert [len(each) for each in channel.seen] == [1, 3, 1]


def test_a_failure_that_may_pass_is_tried_again_and_others_are_not():
    again, final = Undelivered("Busy.", again=True), Undelivered("Gone.")
    channel = Recording([again, again, None])
    assert told(channel, DONE) == []
    assert len(channel.seen) == 3
    channel = Recording([final])
    assert told(channel, DONE) == [(FILM, "Gone.")]
    assert len(channel.seen) == 1


def test_a_dead_receiver_is_complained_about_once_and_counted():
    again = Undelivered("Dead.", again=True)
    channel = Recording([again] * 20)
    warnings = told(channel, *[DONE] * 5)
    assert warnings == [(FILM, "Dead."), (FILM, "Not delivered to the recorder: 4 other notices.")]
    assert len(channel.seen) == 3 + 4
    channel = Recording([again, again, again, None, again])
    assert told(channel, DONE, DONE, DONE) == [(FILM, "Dead.")]


@pytest.mark.parametrize("asked", [False, True])
def test_the_end_does_not_wait_for_ever(asked):
    stop, entered = Stop(), threading.Event()

    class Stuck(Recording):
        def __init__(self):
            super().__init__()
            self.freed = threading.Event()

        def send(self, notices):
            entered.set()
            self.freed.wait()

        def stop(self):
            self.freed.set()

    channel, warnings = Stuck(), Warnings()
    notifier = Notifier([channel], warnings, stop)
    for _ in range(3):
        notifier.tell(DONE)
    entered.wait()
    if asked:
        stop.ask()
        notifier.__exit__()
    else:
        notifier.close(0.0)
    assert channel.freed.is_set()
    assert [path for path, _ in warnings] == [FILM]
    assert "Not delivered to the recorder: " in warnings[0][1]


def test_nobody_to_tell_needs_no_thread():
    before = threading.active_count()
    with Notifier([Recording()], Warnings()) as notifier:
        notifier.tell(SKIPPED)
        assert threading.active_count() == before


# Commands.

PRINTER = "import json, sys; json.dump([sys.argv[1:], json.load(sys.stdin)], open({!r}, 'w'))"


def printing(path, *words):
    return shlex.join((sys.executable, "-c", PRINTER.format(str(path)), *words))


def test_a_command_gets_words_and_json_and_no_shell(tmp_path):
    seen = tmp_path / "seen"
    command = Command.read(printing(seen, "{event}", "-in={path}", "{outputs}", "$HOME; {x}", "*"), End.DONE)
    command.send([notice(), notice(FAILED)])
    words, values = json.loads(seen.read_text())
    outputs = ["/films/a/film.en.srt", "/films/a/film.en.json"]
    assert words == ["done", "-in=/films/a/film.mkv", *outputs, "$HOME; {x}", "*"]
    assert values == notice().values()


def test_a_command_for_failures_hears_of_failures_only(tmp_path):
    seen = tmp_path / "seen"
    command = Command.read(printing(seen, "{why}"), End.FAILED)
    command.send([notice()])
    assert not seen.exists()
    command.send([notice(FAILED)])
    assert json.loads(seen.read_text())[0] == ["/films/b.mkv has no audio."]


def test_names_that_look_like_placeholders_stay_names(tmp_path):
    seen = tmp_path / "seen"
    odd = Outcome(Path("/films/{why} {path} $(x) '\".mkv"), End.DONE, "because")
    Command.read(printing(seen, "{path}|{why}"), End.DONE).send([notice(odd)])
    assert json.loads(seen.read_text())[0] == [f"{odd.path}|because"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (shlex.join((sys.executable, "-c", "import sys; sys.exit('it\\nis broken.')")), "exit code 1: is broken."),
        (shlex.join((sys.executable, "-c", "raise SystemExit(3)")), "ended with exit code 3."),
        ("/no/such/program {path}", "--on-done: /no/such/program: No such file or directory."),
    ],
)
def test_a_command_that_fails_is_a_warning(text, words):
    [(path, warning)] = told(Command.read(text, End.DONE), DONE)
    assert path == FILM
    assert warning.endswith(words)


def test_a_command_that_does_not_end_is_ended():
    command = Command(("sleep", "600"), End.DONE, limit=0.05)
    with pytest.raises(Undelivered, match=r"--on-done: sleep took over 0.05 s; it was ended"):
        command.send([notice()])
    command.stop()
    assert command.name == "the command sleep"


def test_the_end_of_a_run_ends_its_command():
    warnings = Warnings()
    notifier = Notifier([Command(("sleep", "600"), End.DONE)], warnings)
    notifier.tell(DONE)
    notifier.close(0.2)
    assert [text for _, text in warnings] in (
        ["--on-done: sleep ended with exit code -9."],
        ["Not delivered to the command sleep: 1 other notices."],
    )


@pytest.mark.parametrize("text", ["", "  ", "'open"])
def test_commands_that_cannot_be_read_are_refused(text):
    with pytest.raises(OptionError, match="--on-failed"):
        Command.read(text, End.FAILED)


# Webhooks.


def test_a_webhook_posts_the_notice(web):
    hook = Webhook(Address.read(f"{web.url}/hook?key=1", "--webhook"))
    assert told(hook, DONE, FAILED) == []
    assert [(method, path, body) for method, path, _, body in web.seen] == [
        ("POST", "/hook?key=1", notice().values()),
        ("POST", "/hook?key=1", notice(FAILED).values()),
    ]
    headers = web.seen[0][2]
    assert headers["Content-Type"] == "application/json"
    assert headers["User-Agent"].startswith("subgen/")


@pytest.mark.parametrize(("code", "tries"), [(500, 3), (503, 3), (429, 3), (400, 1), (404, 1)])
def test_answers_of_a_server_in_trouble_are_tried_again(web, code, tries):
    web.answers += [(code, {}, b"secret details")] * 5
    [(_, warning)] = told(Webhook(Address.read(f"{web.url}/token-in-path", "--webhook")), DONE)
    assert warning == f"{web.url} answers with {code}."
    assert len(web.seen) == tries


def test_a_server_that_comes_back_gets_the_notice(web):
    web.answers += [(503, {}, b""), (200, {}, b"ok")]
    assert told(Webhook(Address.read(web.url, "--webhook")), DONE) == []
    assert len(web.seen) == 2


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "/elsewhere", "http://127.0.0.1:1/"])
@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(web, code, target):
    web.answers.append((code, {"Location": target}, b""))
    [(_, warning)] = told(Webhook(Address.read(web.url, "--webhook")), DONE)
    assert f"answers with a redirect ({code}), which is not followed" in warning
    assert len(web.seen) == 1


def test_nobody_there_is_a_warning_without_the_path():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and does not listen
        port = taken.getsockname()[1]
        [(_, warning)] = told(Webhook(Address.read(f"http://127.0.0.1:{port}/secret", "--webhook")), DONE)
    assert warning == f"http://127.0.0.1:{port} can't be reached: Connection refused."


@contextmanager
def silent():
    """A server that says nothing, or nonsense."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def test_a_server_that_says_nothing_is_given_up():
    with silent() as listening, pytest.raises(Undelivered, match="can't be reached: timed out") as failed:
        request(Address.read(f"http://127.0.0.1:{listening.getsockname()[1]}", "x"), {}, timeout=0.05)
    assert failed.value.again


def test_a_server_that_talks_nonsense_is_a_warning():
    def answer(listening):
        connection, _ = listening.accept()
        with connection:
            connection.recv(1000)
            connection.sendall(b"220 smtp.example.com ready\r\n")

    with silent() as listening:
        thread = threading.Thread(target=answer, args=(listening,))
        thread.start()
        with pytest.raises(Undelivered, match="can't be reached"):
            request(Address.read(f"http://127.0.0.1:{listening.getsockname()[1]}", "x"), {})
        thread.join()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost",
        "file:///etc/passwd",
        "ftp://host/x",
        "http://",
        "http:///x",
        "http://a:b/",
        "http://h\u00f6st/",
        "http://a b",
        "http://[::1",
        "gopher://x",
    ],
)
def test_addresses_that_are_none_are_refused(url):
    with pytest.raises(OptionError, match=r"--webhook takes an address that begins with http:// or https://"):
        Address.read(url, "--webhook")


def test_secrets_in_front_of_a_host_are_refused():
    with pytest.raises(OptionError, match="a name and a password in an address are not sent") as refused:
        Address.read("https://anna:geheim@host/", "--webhook")
    assert "geheim" not in str(refused.value)


# Media servers.

TOKEN = 'to"ken+1'
SECTIONS = {
    "MediaContainer": {
        "Directory": [
            {"key": "1", "Location": [{"id": 1, "path": "/data"}]},
            {"key": "7", "Location": [{"id": 2, "path": "/other"}, {"id": 3, "path": "/data/films"}]},
            {"key": "9"},
        ]
    }
}


def answer(values):
    return 200, {"Content-Type": "application/json"}, json.dumps(values).encode()


def test_jellyfin_is_told_of_all_files_at_once(web):
    channel = server(f"jellyfin={web.url}/base/", {"SUBGEN_JELLYFIN_TOKEN": TOKEN})
    other = Outcome(Path("/films/b/2.mkv"), End.DONE)
    channel.send([notice(), notice(FAILED), notice(other)])
    [(method, path, headers, body)] = web.seen
    assert (method, path) == ("POST", "/base/Library/Media/Updated")
    assert headers["Authorization"] == 'MediaBrowser Token="to%22ken%2B1"'
    assert body == {
        "Updates": [
            {"Path": "/films/a/film.mkv", "UpdateType": "Modified"},
            {"Path": "/films/b/2.mkv", "UpdateType": "Modified"},
        ]
    }
    channel.send([notice(FAILED)])
    assert len(web.seen) == 1


def test_plex_scans_the_folder_in_the_library_that_holds_it(web):
    web.answers += [answer(SECTIONS), (200, {}, b""), (200, {}, b"")]
    channel = server(f"plex={web.url}", {"SUBGEN_PLEX_TOKEN": "abc"}, read_maps(["/films=/data/films"]))
    same = Outcome(Path("/films/a/film 2.mkv"), End.DONE)
    channel.send([notice(), notice(same)])
    channel.send([notice(Outcome(Path("/data/ä & b/x.mkv"), End.DONE))])
    assert [path for _, path, _, _ in web.seen] == [
        "/library/sections",
        "/library/sections/7/refresh?path=%2Fdata%2Ffilms%2Fa",
        "/library/sections/1/refresh?path=%2Fdata%2F%C3%A4%20%26%20b",
    ]
    assert {headers["X-Plex-Token"] for _, _, headers, _ in web.seen} == {"abc"}
    assert {headers["Accept"] for _, _, headers, _ in web.seen} == {"application/json"}


def test_plex_without_such_a_library_says_what_to_do(web):
    web.answers += [answer(SECTIONS), answer(SECTIONS)]
    channel = server(f"plex={web.url}", {"SUBGEN_PLEX_TOKEN": "abc"})
    for _ in range(2):
        with pytest.raises(Undelivered, match=r"No library of Plex at .* holds /films/a: say with --refresh-map where"):
            channel.send([notice()])
    assert len(web.seen) == 2


@pytest.mark.parametrize("body", [b"<xml/>", b"[]", b"{}", b'{"MediaContainer": {"Directory": [{"Location": [{}]}]}}'])
def test_plex_that_is_no_plex_is_a_warning(web, body):
    web.answers.append((200, {}, body))
    with pytest.raises(Undelivered, match="answers with something that is no list of libraries"):
        Plex(Address.read(web.url, "x"), "abc").send([notice()])


def test_tokens_come_from_the_environment_and_are_not_shown(web):
    with pytest.raises(OptionError, match="needs a token of the server in the environment variable SUBGEN_PLEX_TOKEN"):
        server(f"plex={web.url}", {"SUBGEN_JELLYFIN_TOKEN": "abc"})
    with pytest.raises(OptionError, match="holds signs that no token has") as refused:
        server(f"plex={web.url}", {"SUBGEN_PLEX_TOKEN": "geheim\r\nX: y"})
    assert "geheim" not in str(refused.value)
    for kind in (Jellyfin, Plex):
        channel = kind(Address.read(web.url, "x"), "geheim")
        assert "geheim" not in repr(channel) + channel.name
        channel.stop()
    web.answers.append((401, {}, b"geheim"))
    assert told(Jellyfin(Address.read(web.url, "x"), "geheim"), DONE) == [(FILM, f"{web.url} answers with 401.")]


@pytest.mark.parametrize("text", ["kodi=http://x", "http://x", "jellyfin", "jellyfin=x"])
def test_servers_that_are_not_known_are_refused(text):
    with pytest.raises(OptionError, match="--refresh"):
        server(text, {"SUBGEN_JELLYFIN_TOKEN": "abc"})


@pytest.mark.parametrize("text", ["", "/films", "=/data", "films=/data", "/films="])
def test_maps_that_make_no_sense_are_refused(text):
    with pytest.raises(OptionError, match="--refresh-map takes HERE=THERE"):
        read_maps([text])


parts = st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=4)


@given(parts, st.lists(parts, max_size=4))
def test_the_deepest_map_holds(path, folders):
    maps = read_maps([f"/{'/'.join(folder)}=/at{number}" for number, folder in enumerate(folders)])
    media = Path("/", *path, "x.mkv")
    seen = mapped(media, maps)
    matching = [folder for folder in folders if path[: len(folder)] == folder]
    if not matching:
        assert seen == str(media)
    else:
        deepest = max(matching, key=len)
        assert seen.split("/")[2:] == [*path[len(deepest) :], "x.mkv"]
        assert folders[int(seen.split("/")[1][2:])] == deepest


# Flags.


def test_flags_become_channels(web, monkeypatch, capsys):
    monkeypatch.setenv("SUBGEN_PLEX_TOKEN", "abc")
    notices = Notices.read(("true", "false"), ["http://127.0.0.1:1/x"], ["plex=http://127.0.0.1:1"], ["/a=/b"])
    names = ["the command true", "the command false", "http://127.0.0.1:1", "Plex at http://127.0.0.1:1"]
    assert [channel.name for channel in notices.channels] == names
    assert Notices.read((None, None), None, None, None) == Notices()
    for progress, shown in (
        ("auto", f"subgen: {FAILED.path}: --on-failed: false ended with exit code 1.\n"),
        ("json", ""),
    ):
        with Notices.read((None, "false"), None, None, None).opened(Console(progress), Stop()) as notifier:
            notifier.tell(FAILED)
        said = capsys.readouterr().err
        assert said == shown or json.loads(said)["text"] == "--on-failed: false ended with exit code 1."
    with Notices.read((None, "false"), None, None, None).opened(Console(quiet=True), Stop()) as notifier:
        notifier.tell(FAILED)
    assert capsys.readouterr().err == ""


def test_a_batch_and_a_watch_tell_of_their_files(web, tmp_path, capsys):
    films = tmp_path / "films"
    films.mkdir()
    with wave.open(str(films / "silence.wav"), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(bytes(32_000))
    (films / "text.mp4").write_text("To be or not to be.")
    seen = tmp_path / "seen"
    flags = [*("--model", "demo", "-q", "--ledger", str(tmp_path / "ledger")), *("--webhook", f"{web.url}/hook")]
    assert run(["batch", str(films), *flags, "--on-done", printing(seen, "{path}", "{outputs}")]) == 1
    subtitles = films / "silence.srt"
    assert json.loads(seen.read_text())[0] == [str(films / "silence.wav"), str(subtitles)]
    assert {(body["event"], Path(body["path"]).name) for _, _, _, body in web.seen} == {
        ("done", "silence.wav"), ("failed", "text.mp4"),
    }  # fmt: skip
    web.seen.clear()
    (films / "silence.wav").rename(films / "other.wav")
    subtitles.unlink()
    assert run(["watch", str(films), *flags, "--once", "--quiet-time", "0", "-f", "vtt"]) in {0, 1}
    assert ("done", str(films / "other.wav")) in {(body["event"], body["path"]) for _, _, _, body in web.seen}
    assert run(["batch", str(films), *flags, "--refresh", "plex=http://127.0.0.1:1"]) == 2
    assert "SUBGEN_PLEX_TOKEN" in capsys.readouterr().err
