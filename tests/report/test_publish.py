"""All files of a report reach their folder, or none does."""

from __future__ import annotations

import os

import pytest

import carbonlink as cl
from carbonlink.report import publish as publishing
from carbonlink.report.publish import output_folder, publish


def contents(folder):
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}


def test_files_arrive_and_outdated_ones_leave(tmp_path):
    publish({"figures/a.svg": b"1", "manifest.json": b"{}"}, tmp_path)
    (tmp_path / "figures" / "own.svg").write_bytes(b"mine")
    publish({"figures/b.svg": b"2", "manifest.json": b"{}"}, tmp_path, ["figures/a.svg"])
    assert contents(tmp_path) == {"figures/b.svg", "figures/own.svg", "manifest.json"}


def test_an_outdated_path_outside_the_folder_is_left_alone(tmp_path):
    outside = tmp_path / "keep.txt"
    outside.write_text("mine")
    (tmp_path / "out").mkdir()
    publish({"manifest.json": b"{}"}, tmp_path / "out", ["../keep.txt"])
    assert outside.exists()


def test_a_failure_while_writing_leaves_the_old_files(tmp_path, monkeypatch):
    publish({"a.csv": b"old", "manifest.json": b"{}"}, tmp_path)
    real = publishing.write_bytes

    def full(path, content):
        if path.name == "manifest.json":
            raise cl.OutputError("disk full", "")
        return real(path, content)

    monkeypatch.setattr(publishing, "write_bytes", full)
    with pytest.raises(cl.OutputError):
        publish({"a.csv": b"new", "manifest.json": b"{}"}, tmp_path)
    assert (tmp_path / "a.csv").read_bytes() == b"old"
    assert contents(tmp_path) == {"a.csv", "manifest.json"}


def test_a_new_folder_is_taken_away_again_when_the_work_fails(tmp_path):
    with pytest.raises(RuntimeError), output_folder(tmp_path / "a" / "b"):
        raise RuntimeError
    assert not (tmp_path / "a").exists()


def test_a_folder_that_was_there_stays(tmp_path):
    with pytest.raises(RuntimeError), output_folder(tmp_path):
        raise RuntimeError
    assert tmp_path.is_dir()


def test_a_file_in_the_way_is_said_before_any_work(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("x")
    with pytest.raises(cl.OutputError, match="cannot be written"), output_folder(blocked / "out"):
        pytest.fail("the work began")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_said_before_any_work(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(cl.OutputError, match="Permission"), output_folder(tmp_path / "out"):
        pytest.fail("the work began")
