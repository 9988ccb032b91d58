"""What does not open is a sentence that names the file."""

from __future__ import annotations

import os

import pytest

from dashboard.dataset import Store
from dashboard.dataset.versions import FORMAT
from dashboard.errors import PlaceError
from tests.stored import rewritten, save


def cut(name):
    return lambda version: os.truncate(version.path / name, 20)


def without(name):
    return lambda version: (version.path / name).rename(version.path / "elsewhere")


def pointing(content):
    return lambda version: (version.path.parents[1] / "current").write_bytes(content)


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (cut("manifest.json"), r"manifest\.json is damaged"),
        (without("manifest.json"), r"manifest\.json is damaged: No such file"),
        (rewritten(format="one"), r"manifest\.json is damaged: it does not say its format"),
        (rewritten(bytes=[1]), r"manifest\.json is damaged"),
        (rewritten(bytes={"a\0b": 1}), "is damaged"),
        (cut("tables/posts/part-00000.parquet"), r"part-00000\.parquet is damaged: it has 20"),
        (without("tables/posts"), r"tables/posts/part-00000\.parquet is damaged: No such file"),
        (without("tables"), r"tables/\w+/part-00000\.parquet is damaged: No such file"),
        (rewritten(format=FORMAT + 1), "saved by a newer release .*Update"),
        (pointing(b""), r"current names ''.*Write one of these names.*: 0001-ab12cd34\."),
        (pointing(b"../../etc"), "which is not a version there"),
        (pointing(b"0002-ab12cd34\n"), "which is not a version there"),
        (pointing(b"\xff\x00" * 1000), "which is not a version there"),
    ],
)
def test_damage_is_a_sentence_that_names_the_file_and_saving_again_mends_it(tmp_path, damage, told):
    store = Store(tmp_path)
    damage(save(store))
    with pytest.raises(PlaceError, match=told):
        store.current()
    save(store)
    assert store.current().name == "0002-ab12cd34"
    assert store.versions()[-1] == store.current()


@pytest.mark.parametrize("content", [b"[1]", b"null", b"[" * 100_000, b"\xff", b"{}"])
def test_a_manifest_that_is_none_is_a_sentence(tmp_path, content):
    (save(Store(tmp_path)).path / "manifest.json").write_bytes(content)
    with pytest.raises(PlaceError, match=r"manifest\.json is damaged"):
        Store(tmp_path).current()


def test_a_place_without_a_dataset_says_what_to_do(tmp_path):
    for place in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(PlaceError, match=r"has no current version\. Save a dataset there"):
            Store(place).current()
        assert Store(place).versions() == []
        with pytest.raises(PlaceError, match="has no version 'x'"):
            Store(place).version("x")
    assert list(tmp_path.iterdir()) == []


def test_a_part_with_foreign_bytes_is_a_sentence(tmp_path):
    """As many bytes as before, so that only reading it can tell."""
    version = save(Store(tmp_path))
    part = version.path / "tables" / "posts" / "part-00000.parquet"
    part.write_bytes(b"x" * part.stat().st_size)
    with pytest.raises(PlaceError, match=r"posts/part-00000\.parquet is damaged"):
        Store(tmp_path).current().table("posts")


@pytest.mark.parametrize("name", ["reels", "", "../tables/posts", "/etc", "a\0b"])
def test_a_table_that_was_not_saved_is_a_sentence(tmp_path, name):
    with pytest.raises(PlaceError, match=r"no parts of a table .* It holds: payouts, posts\."):
        save(Store(tmp_path)).table(name)


def test_a_mapping_that_is_no_text_is_a_sentence(tmp_path):
    version = save(Store(tmp_path))
    (version.path / "mapping.toml").write_bytes(b"\xff")
    with pytest.raises(PlaceError, match=r"mapping\.toml is damaged"):
        version.mapping()
