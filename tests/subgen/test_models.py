"""Finding models: the order of places, and what each way of not finding one says."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from subgen import demo
from subgen.errors import ModelNotFound, NeedsAccess, OutputError
from subgen.models import (
    aligner_name,
    download,
    hub_cache,
    known,
    models_folder,
    resolve,
    resolve_aligner,
    resolve_asr,
)
from subgen.options import DEFAULT_ALIGNER, Models

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub:
    """A hub that has one directory for every name and remembers what was asked of it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.asked: list[tuple[str, str | None]] = []

    def __call__(self, name: str, revision: str | None) -> Path:
        self.asked.append((name, revision))
        return self.path


def no_hub(name: str, revision: str | None) -> Path:
    raise AssertionError(f"asked the hub for {name}")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home: no cache, no default folder, no setting of the developer's own."""
    for name in ("HF_HOME", "HF_HUB_CACHE", "HF_HUB_OFFLINE", "XDG_CACHE_HOME", "XDG_DATA_HOME", "SUBGEN_MODELS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


def make_model(folder: Path, kind: str = "qwen3_asr", shards: tuple[str, ...] = ("model.safetensors",)) -> Path:
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps({"model_type": kind}))
    for shard in shards:
        (folder / shard).write_bytes(b"")
    return folder


def cache_model(name: str, reference: str = "main", **more: object) -> Path:
    repository = hub_cache() / f"models--{name.replace('/', '--')}"
    (repository / "refs").mkdir(parents=True)
    (repository / "refs" / reference).write_text(COMMIT)
    return make_model(repository / "snapshots" / COMMIT, **more)


def test_demo_is_the_packaged_toy_and_brings_its_aligner() -> None:
    models = Models(asr="demo")
    assert resolve_asr(models, hub=no_hub) == demo.asr_path()
    assert resolve_aligner(models, hub=no_hub) == demo.aligner_path()
    assert aligner_name(models) == "demo"


def test_the_published_aligner_goes_with_any_other_recogniser(tmp_path: Path) -> None:
    hub = Hub(tmp_path)
    resolve_aligner(Models(asr="some/model", revision="v1"), hub=hub)
    assert hub.asked == [(DEFAULT_ALIGNER, None)]  # the revision is the recogniser's
    assert resolve_aligner(Models(aligner="demo"), hub=no_hub) == demo.aligner_path()


def test_the_tower_is_found_like_a_model(tmp_path: Path) -> None:
    tower = make_model(tmp_path / "tower")
    assert resolve_asr(Models(asr="demo", audio=str(tower)), tower=True, hub=no_hub) == tower
    assert resolve_asr(Models(asr="demo"), tower=True, hub=no_hub) == demo.asr_path()


def test_a_local_directory_wins_over_everything(tmp_path: Path) -> None:
    cache_model("org/name")
    make_model(models_folder() / "org" / "name")
    local = make_model(tmp_path / "org" / "name")
    assert resolve("org/name", Models(), hub=no_hub).resolve() == local
    assert resolve(str(local), Models(), hub=no_hub) == local


def test_the_tilde_is_the_home(home: Path) -> None:
    model = make_model(home / "model")
    assert resolve("~/model", Models(), hub=no_hub) == model


def test_the_default_folder_wins_over_the_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    cache_model("org/name")
    assert resolve("org/name", Models(), hub=no_hub).name == COMMIT
    kept = make_model(models_folder() / "org" / "name")
    assert resolve("org/name", Models(), hub=no_hub) == kept
    monkeypatch.setenv("SUBGEN_MODELS", str(tmp_path / "mine"))
    mine = make_model(tmp_path / "mine" / "short")
    assert resolve("short", Models(), hub=no_hub) == mine


@pytest.mark.parametrize(
    ("settings", "folder"),
    [
        ({}, "home/.cache/huggingface/hub"),
        ({"XDG_CACHE_HOME": "{}/xdg"}, "xdg/huggingface/hub"),
        ({"HF_HOME": "{}/hf"}, "hf/hub"),
        ({"HF_HOME": "{}/hf", "HF_HUB_CACHE": "{}/cache"}, "cache"),
        ({"HF_HUB_CACHE": "~/cache"}, "home/cache"),
    ],
)
def test_the_cache_is_where_the_hub_keeps_it(
    settings: dict[str, str], folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value.format(tmp_path))
    assert hub_cache() == tmp_path / folder


def test_a_pinned_revision_is_a_branch_a_tag_or_a_commit(tmp_path: Path) -> None:
    snapshot = cache_model("org/name", reference="v2")
    assert resolve("org/name", Models(revision="v2"), hub=no_hub) == snapshot
    assert resolve("org/name", Models(revision=COMMIT), hub=no_hub) == snapshot
    hub = Hub(tmp_path)
    assert resolve("org/name", Models(), hub=hub) == tmp_path
    assert resolve("org/name", Models(revision="v3"), hub=hub) == tmp_path
    assert hub.asked == [("org/name", None), ("org/name", "v3")]


@pytest.mark.parametrize(
    "index", ['{"weight_map": {"a": "1.safetensors", "b": "2.safetensors"}}', "{", "[]", '{"weight_map": 1}']
)
def test_an_interrupted_download_is_taken_up_again(index: str, tmp_path: Path) -> None:
    snapshot = cache_model("org/name", shards=("1.safetensors",))
    (snapshot / "model.safetensors.index.json").write_text(index)
    hub = Hub(tmp_path)
    assert resolve("org/name", Models(), hub=hub) == tmp_path
    assert known() == known()[:2]


def test_all_shards_make_a_model() -> None:
    snapshot = cache_model("org/name", shards=("1.safetensors", "2.safetensors"))
    (snapshot / "model.safetensors.index.json").write_text(
        '{"weight_map": {"a": "1.safetensors", "b": "2.safetensors"}}'
    )
    assert resolve("org/name", Models(), hub=no_hub) == snapshot


@pytest.mark.parametrize("name", ["./missing", "/missing", "~/missing", "a/b/c", "...", "", "a\\b", "org/"])
def test_a_path_that_is_not_there_says_so(name: str) -> None:
    with pytest.raises(ModelNotFound, match=r"no model.*--model demo"):
        resolve(name, Models(), hub=no_hub)


def test_a_file_is_not_a_model(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").touch()
    with pytest.raises(ModelNotFound, match="is a file: give the directory"):
        resolve("model.safetensors", Models(), hub=no_hub)


def test_a_bare_name_is_not_looked_up_on_the_hub() -> None:
    with pytest.raises(ModelNotFound, match=r"There is no model 'whisper'.*hub name such as Qwen/Qwen3-ASR-0.6B"):
        resolve("whisper", Models(), hub=no_hub)


def test_offline_names_the_command_that_gets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    sentence = r"downloads are switched off: run `hf download org/name` first.*--model demo"
    with pytest.raises(ModelNotFound, match=sentence):
        resolve("org/name", Models(offline=True), hub=no_hub)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelNotFound, match=sentence):
        resolve("org/name", Models(), hub=no_hub)


def test_known_lists_what_needs_no_download() -> None:
    make_model(models_folder() / "Qwen" / "Qwen3-ASR-1.7B")
    make_model(models_folder() / "mine", kind="qwen3_forced_aligner")
    make_model(models_folder() / "other", kind="llama")
    (models_folder() / "binary").mkdir()
    (models_folder() / "binary" / "config.json").write_bytes(b"\xff\xfe")
    cache_model("org/some--name")
    cache_model("org/other", kind="bert")
    found = [(model.name, model.role, model.source) for model in known()]
    assert found == [
        ("demo", "recogniser", "packaged toy"),
        ("demo", "aligner", "packaged toy"),
        ("Qwen/Qwen3-ASR-1.7B", "recogniser", "default folder"),
        ("mine", "aligner", "default folder"),
        ("org/some--name", "recogniser", "hub cache"),
    ]


FILES = {"config.json": b"{}", "model.safetensors": b"weights", "pytorch_model.bin": b"pickle"}


class _Answers(BaseHTTPRequestHandler):
    """The hub's HTTP interface, as far as a download needs it: org/model exists, other names are refused in turn."""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if "/org/model/" in path and path.startswith("/api/models/org/model/tree/"):
            entries = [{"type": "file", "path": n, "size": len(b), "oid": n} for n, b in FILES.items()]
            self._reply(200, json.dumps(entries).encode(), {"Content-Type": "application/json"})
        elif "/org/model/resolve/" in f"/{path.lstrip('/')}":
            name = path.rpartition("/")[2]
            self._reply(200, FILES[name], {"ETag": f'"{name}"', "X-Repo-Commit": COMMIT})
        elif "/org/model/revision/main" in path or path == "/api/models/org/model":
            self._reply(200, json.dumps({"id": "org/model", "sha": COMMIT, "siblings": []}).encode(), {})
        else:
            self._refuse(path)

    def do_HEAD(self) -> None:
        self.do_GET()

    def _refuse(self, path: str) -> None:
        status, code = {
            "gated": (403, "GatedRepo"),
            "private": (401, "RepoNotFound"),
            "revision": (404, "RevisionNotFound"),
            "forbidden": (403, ""),
            "broken": (500, ""),
        }[path.split("/")[4]]
        self._reply(status, b"{}", {"X-Error-Code": code} if code else {})

    def _reply(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Silence."""


@pytest.fixture(scope="module")
def hub_address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("name", "error", "sentence"),
    [
        ("org/gated", NeedsAccess, "wants its licence accepted"),
        ("org/private", ModelNotFound, "no public model org/private: check the name"),
        ("org/revision", ModelNotFound, "no revision 'v9'"),
        ("org/forbidden", NeedsAccess, "refuses the model org/forbidden"),
        ("org/broken", ModelNotFound, r"can't be reached .*hf download org/broken"),
    ],
)
def test_the_hubs_refusals_are_told_apart(name: str, error: type[Exception], sentence: str, hub_address: str) -> None:
    with pytest.raises(error, match=sentence) as caught:
        download(name, "v9", endpoint=hub_address)
    assert "\n" not in str(caught.value)


def test_no_network_is_named() -> None:
    with pytest.raises(ModelNotFound, match=r"can't be reached \([^\[\]]*\): run `hf download org/model`"):
        download("org/model", None, endpoint="http://127.0.0.1:9")


def test_only_safetensors_and_texts_are_downloaded(hub_address: str) -> None:
    snapshot = download("org/model", None, bars=True, endpoint=hub_address)
    assert sorted(path.name for path in snapshot.iterdir()) == ["config.json", "model.safetensors"]
    assert resolve("org/model", Models(offline=True), hub=no_hub) == snapshot


def test_a_cache_that_cannot_be_written_is_an_output_error(
    hub_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(OutputError, match=r"can't be stored in .*cache: "):
        download("org/model", None, endpoint=hub_address)
