"""Every file of the media collection: no traceback, one sentence for what can't be used, no words without a speaker."""

from pathlib import Path

import pytest

from tests.subgen.media_table import PAGE, page, rows

pytestmark = [pytest.mark.shared, pytest.mark.timeout(900)]  # 45 minutes of sound


@pytest.fixture(scope="module")
def table(shared: Path):
    return list(rows(shared / "data" / "media"))


def test_every_file_ends_well_or_in_one_sentence(table):
    assert len(table) == 280
    assert {row.code for row in table} == {0, 3}
    for row in table:
        assert (row.cues is None) == (row.code != 0), row
        assert all(message.startswith(row.name) and message.endswith(".") for message in row.messages), row
        assert row.code == 0 or len(row.messages) == 1, row


def test_nothing_is_heard_where_nobody_speaks(table):
    silent = [row for row in table if row.speechless]
    assert len(silent) == 12
    assert [row for row in silent if row.cues] == []


def test_everybody_who_speaks_is_heard(table):
    """Also those whom the toy understands badly."""
    speakers = [row for row in table if row.kind not in {"media", "subtitle"} and not row.speechless]
    assert len(speakers) > 130
    assert [row.name for row in speakers if not row.cues] == []
    assert sum(any("no voice" in message for message in row.messages) for row in speakers) <= 1


def test_the_page_is_up_to_date(table):
    written = PAGE.read_text(encoding="utf-8")
    for line in page(table).splitlines():
        cells = line.split(" | ")
        assert " | ".join(cells[:2]) in written
