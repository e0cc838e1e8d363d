import pytest

from delaysnn.training.checkpoints import checkpoint_of, checkpoints, resume, save


def test_checkpoints_stay_until_their_job_has_succeeded(tmp_path):
    path = tmp_path / "fold1[a].json.checkpoint"
    others = {tmp_path / "fold1[a].json", tmp_path / "fold11[a].json.checkpoint"}
    for other in others:
        other.touch()

    def train():
        for name in (path, checkpoint_of(path, "dense"), checkpoint_of(checkpoint_of(path, "3levels"), "8bit")):
            save(name, "run", {"history": [1.5]})

    with pytest.raises(KeyboardInterrupt), checkpoints(str(path)) as given:
        assert given == path
        train()
        raise KeyboardInterrupt
    assert len(set(tmp_path.iterdir()) - others) == 3
    assert resume(checkpoint_of(path, "dense"), "run")["history"] == [1.5]
    assert resume(checkpoint_of(path, "dense"), "another") is None
    with checkpoints(path):
        train()
    assert set(tmp_path.iterdir()) == others
