"""Spoken digits without a download: eSpeak NG says them in German and English, in many voices."""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import espeakng_loader
import numpy as np

from delaysnn.core.errors import InputError

# The classes of SHD, in its order.
DIGITS = {
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    "de": ("null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"),
}
KEYS = tuple(digit for language in DIGITS.values() for digit in language)

# Variants of eSpeak NG that sound like different people; robots, whispers and jokes are left out.
VOICES = (
    "m1 f1 adam belinda m2 f2 antonio linda m3 f3 benjamin steph m4 f4 caleb anika m5 f5 david Alicia "
    "m6 Andrea edward aunty m7 Annie john grandma m8 steph2 max Jacky michel paul Mario steph3 pablo quincy "
    "norbert travis Alex rob Diogo robert Gene sandro Henrique Marco Lee victor"
).split()

_RATE, _PITCH, _RANGE = 1, 3, 4


@dataclass(frozen=True)
class Utterance:
    """One spoken sample: ``audio`` float64 [time] at :func:`sample_rate`, its class and who speaks."""

    audio: np.ndarray
    label: int
    speaker: int


@lru_cache(maxsize=1)
def _library() -> Any:
    library: Any = ctypes.CDLL(espeakng_loader.get_library_path())
    # 2: a call returns when its audio has come through the callback; 0x8000: do not end the process on an error.
    rate = library.espeak_Initialize(2, 0, str(espeakng_loader.get_data_path()).encode(), 0x8000)
    if rate <= 0:
        raise InputError("eSpeak NG does not start; install the package espeakng-loader again.")
    library.rate, library.voice = rate, None
    return library


def sample_rate() -> int:
    """Return eSpeak NG's sample rate in Hz."""
    return _library().rate


def say(text: str, language: str, voice: str, rate: int, pitch: int, pitch_range: int, seed: int) -> np.ndarray:
    """Return a spoken digit as float64 [time], -1 to 1, without the silence at its ends.

    Args:
        text: what to say.
        language: de or en.
        voice: one of :data:`VOICES`.
        rate: words a minute.
        pitch, pitch_range: 0 to 100, eSpeak's scales.
        seed: 31 bits, of the breath and the consonants' noise.

    Raises:
        InputError: eSpeak does not know the voice or says nothing.
    """
    library = _library()
    parts: list[np.ndarray] = []

    @ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
    def collect(samples, count, _events):
        if samples and count:
            parts.append(np.ctypeslib.as_array(samples, (count,)).astype(np.float64))
        return 0

    library.espeak_SetSynthCallback(collect)
    if library.voice != (language, voice):  # loading a voice takes longer than a digit
        # eSpeak itself falls back on its own voice in silence.
        known = (Path(espeakng_loader.get_data_path()) / "voices/!v" / voice).is_file()
        if not known or library.espeak_SetVoiceByName(f"{language}+{voice}".encode()) != 0:
            raise InputError(f"eSpeak NG has no voice {language}+{voice}.")
        library.voice = (language, voice)
    for parameter, value in ((_RATE, rate), (_PITCH, pitch), (_RANGE, pitch_range)):
        library.espeak_SetParameter(parameter, value, 0)
    library.espeak_ng_SetRandSeed(ctypes.c_long(seed))
    data = text.encode() + b"\0"
    library.espeak_Synth(data, ctypes.c_size_t(len(data)), 0, 1, 0, 1, None, None)
    audio = np.concatenate(parts) / 32768 if parts else np.zeros(0)
    loud = np.flatnonzero(np.abs(audio) > 0.01 * np.abs(audio).max(initial=0))
    if not len(loud):
        raise InputError(f"eSpeak NG says nothing for {text!r} with voice {language}+{voice}.")
    return audio[loud[0] : loud[-1] + 1]


def speak_digits(voices: int, takes: int, seed: int) -> Iterator[Utterance]:
    """Yield every digit in both languages by every voice, ``takes`` times each.

    Each take draws its own speed, pitch, intonation and background noise, so that no two are alike.

    Args:
        voices: how many of :data:`VOICES`; the speaker number counts them.
        takes: repetitions a digit and voice.
        seed: of the drawn values.
    """
    for speaker in range(voices):
        for label, digit in enumerate(KEYS):
            language = "en" if digit in DIGITS["en"] else "de"
            for take in range(takes):
                random = np.random.default_rng([seed, speaker, label, take])
                audio = say(
                    digit,
                    language,
                    VOICES[speaker],
                    rate=int(random.integers(120, 201)),
                    pitch=int(random.integers(25, 76)),
                    pitch_range=int(random.integers(30, 91)),
                    seed=int(random.integers(1 << 31)),
                )
                noise_db = random.uniform(15, 35)
                noise = np.sqrt(np.mean(audio**2)) * 10 ** (-noise_db / 20)
                yield Utterance(audio + noise * random.standard_normal(len(audio)), label, speaker)
