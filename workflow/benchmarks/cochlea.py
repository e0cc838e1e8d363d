"""What the cochlea costs a sample, beside lauscher on the same samples, and alone at SHD's 700 channels.

Samples about as long as SHD's (0.72 s on average), said by eSpeak NG, through a cochlea made for SHD's longest. Each
contender runs in a process of its own, on one core, warmed up on a short sound: what is prepared once for a whole data
set does not count. At 700 channels lauscher would take minutes and gigabytes a sample.
"""

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from timing import medians, run_apart

from delaysnn.data.channels import COCHLEA_CHANNELS

# Of a sample at SHD's 700 channels.
GOALS = {"cpu": 0.4, "memory": 1.0}
UNITS = {"cpu": "s/sample", "wall": "s/sample", "memory": "GB"}
FEW, ALL = 20, COCHLEA_CHANNELS
RATE, LONGEST_S, FADE_S = 48000, 1.4, 0.03
SAMPLES = (("en", "zero"), ("en", "three"), ("en", "eight"), ("de", "fünf"), ("de", "sieben"))
OURS, LAUSCHER = "ours", "lauscher"
# lauscher works in children.
WHOSE = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN


def say_samples() -> list[np.ndarray]:
    """Return the samples as audio."""
    from scipy import signal

    from delaysnn.data.speech import sample_rate, say

    spoken = (say(digit, language, "f2", 100, 50, 60, seed=1) for language, digit in SAMPLES)
    return [signal.resample_poly(audio, RATE // 150, sample_rate() // 150) for audio in spoken]


def ours(channels: int) -> Callable[[np.ndarray], object]:
    from delaysnn.data.cochlea import Cochlea

    cochlea = replace(Cochlea.fitting(RATE, int(LONGEST_S * RATE)), n_channels=channels, fade_s=FADE_S)
    return lambda audio: cochlea.spikes(audio, seed=1)


def lauscher(channels: int) -> Callable[[np.ndarray], object]:
    from lauscher.audiowaves import MonoAudioWave
    from lauscher.helpers import CommandLineArguments
    from lauscher.transformations import BasilarMembrane, BushyCell, HairCell, HanningWindow, RmsNormalizer

    CommandLineArguments().num_concurrent_jobs = 1
    parts = RmsNormalizer(0.3), HanningWindow(FADE_S, FADE_S), BasilarMembrane(channels), HairCell(), BushyCell()

    def encode(audio: np.ndarray) -> object:
        sound = MonoAudioWave(audio.copy(), RATE)
        for part in parts:
            sound = sound.transform(part)
        return sound

    return encode


def cpu_seconds() -> float:
    """Return those of this process and of the children it has waited for."""
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, WHOSE))


def measure(name: str, channels: int) -> dict[str, float]:
    """Return a sample's seconds, the median of some rounds, and the memory of the largest process in GB."""
    samples = say_samples()
    encode = {OURS: ours, LAUSCHER: lauscher}[name](channels)
    encode(samples[0][: RATE // 20])
    rounds, clocks = 5 if name == OURS else 1, (cpu_seconds, time.perf_counter)
    cpu, wall = (taken / len(samples) for taken in medians(lambda: list(map(encode, samples)), rounds, clocks))
    kibibytes = max(resource.getrusage(who).ru_maxrss for who in WHOSE)
    seconds = sum(map(len, samples)) / len(samples) / RATE
    return {"cpu": cpu, "wall": wall, "memory": 1024 * kibibytes / 1e9, "seconds": seconds}


def table(measured: dict[tuple[str, int], dict[str, float]]) -> list[dict]:
    """Return one row a contender and quantity, with its ratio to ours at as many channels."""
    rows = []
    for (name, channels), found in measured.items():
        for quantity, unit in UNITS.items():
            goal = GOALS.get(quantity) if (name, channels) == (OURS, ALL) else None
            row = {"implementation": name, "channels": channels, "samples": len(SAMPLES), "mean_s": found["seconds"]}
            row |= {"quantity": quantity, "unit": unit, "value": found[quantity]}
            row |= {"ratio": found[quantity] / measured[OURS, channels][quantity]}
            rows.append(row | ({} if goal is None else {"goal": goal, "met": found[quantity] <= goal}))
    return rows


def main() -> None:
    """Write the table; without an output, measure one contender here and print what it takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contender", choices=(OURS, LAUSCHER))
    parser.add_argument("--channels", type=int)
    parser.add_argument("--output", type=Path, help="CSV to write")
    options = parser.parse_args()
    if options.output is None:
        json.dump(measure(options.contender, options.channels), sys.stdout)
        return
    measured = {}
    for name, channels in ((OURS, FEW), (LAUSCHER, FEW), (OURS, ALL)):
        measured[name, channels] = run_apart(__file__, "--contender", name, "--channels", channels)
    import pandas as pd

    pd.DataFrame(table(measured)).to_csv(options.output, index=False, float_format="%.5g")


if __name__ == "__main__":
    main()
