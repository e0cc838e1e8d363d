import subprocess
import sys

import numpy as np
import pytest

from delaysnn.core.errors import InputError
from delaysnn.data import speech
from delaysnn.data.synthesis import encode, seeds_by_place


def test_every_voice_says_every_digit_differently_each_time():
    spoken = list(speech.speak_digits(voices=2, takes=2, seed=1))
    said = [(sample.speaker, sample.label) for sample in spoken]
    assert said == [(v, d) for v in range(2) for d in range(20) for _ in "ab"]
    assert len({sample.audio.tobytes() for sample in spoken}) == len(spoken)
    seconds = np.array([len(sample.audio) for sample in spoken]) / speech.sample_rate()
    assert seconds.min() > 0.1 and seconds.max() < 1.4


def test_a_seed_gives_the_same_bytes_in_another_process():
    code = (
        "import hashlib; from delaysnn.data.speech import speak_digits;"
        "print(hashlib.sha256(b''.join(u.audio.tobytes() for u in speak_digits(2, 1, 5))).hexdigest())"
    )
    runs = {subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout for _ in range(2)}
    assert len(runs) == 1


def test_an_unknown_voice_is_refused():
    with pytest.raises(InputError, match="nobody"):
        speech.say("eins", "de", "nobody", 150, 50, 50, 1)


def test_spikes_do_not_depend_on_the_number_of_processes():
    audio = [sample.audio for sample in speech.speak_digits(voices=1, takes=1, seed=1)][:3]
    longest, seeds = max(map(len, audio)), seeds_by_place(1, len(audio))
    one, two = (encode(audio, longest, speech.sample_rate(), seeds, processes) for processes in (1, 2))
    for a, b in zip([*one[0], *one[1]], [*two[0], *two[1]], strict=True):
        assert (a == b).all()
    assert all(2000 < len(times) < 20000 for times in one[0])
