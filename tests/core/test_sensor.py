import numpy as np

from delaysnn.core.dataset import Dataset, read_dataset, write_dataset
from delaysnn.core.sensor import count_channels, flatten, places
from delaysnn.core.spike_trains import SpikeTrains

SENSOR = (5, 3, 2)


def test_every_place_has_a_channel_of_its_own_in_the_order_of_tonics_frames():
    frame = np.arange(30).reshape(2, 3, 5)
    polarity, y, x = np.indices(frame.shape).reshape(3, -1)
    assert flatten(x, y, polarity, SENSOR).tolist() == frame.ravel().tolist()
    assert [part.tolist() for part in places(SENSOR)] == [x.tolist(), y.tolist(), polarity.tolist()]
    assert count_channels(SENSOR) == 30


def test_a_data_set_keeps_its_sensors_shape(tmp_path):
    spikes = SpikeTrains.from_dense(np.ones((4, 2, 30)))
    flat = Dataset(spikes, np.arange(2), np.full(2, -1), "frames", 2, 0.1)
    write_dataset(tmp_path / "flat.npz", flat)
    write_dataset(tmp_path / "a.npz", Dataset(**{**vars(flat), "sensor": SENSOR}))
    assert read_dataset(tmp_path / "a.npz").select(np.array([1])).sensor == SENSOR
    assert read_dataset(tmp_path / "flat.npz").sensor is None
    assert b"sensor" not in (tmp_path / "flat.npz").read_bytes()
