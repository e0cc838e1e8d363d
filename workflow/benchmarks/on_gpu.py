"""What a machine with a GPU can say of this repository: tests of what runs there, the benchmark, and accuracies.

`python workflow/benchmarks/on_gpu.py --output folder`; with `--train train.npz --validation validation.npz`, as the
rule `bin_spikes` writes them, it also trains network 48 on the GPU and on the processor, and compares. Each part has a
limit of time, and one that fails takes no other with it. Nothing but the library and pytest is needed.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
TESTS = (
    "tests/training/test_samples_on_card.py",
    "tests/training/test_training_on_card.py",
    "tests/training/test_memory_of_card.py",
    *sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("tests/gpu/test_*.py")),
)


def part(name: str, command: list[str], seconds: float, folder: Path) -> None:
    """Run one part with what it prints shown and kept, and end it when its time is over."""
    print(f"== {name}", flush=True)
    start = time.monotonic()
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'workflow'}:{os.environ.get('PYTHONPATH', '')}"}
    with (folder / f"{name}.txt").open("w+") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            how = f"ended with {process.wait(timeout=seconds)}"
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            how = f"stopped after {seconds:.0f} s"
        output.seek(0)
        print(output.read()[-6000:])
    print(f"== {name} {how}, {time.monotonic() - start:.0f} s", flush=True)


def accuracies(train: Path, validation: Path, seeds: int, epochs: int) -> None:
    """Train network 48 with all its levels on the GPU, seeds side by side, and one by one on the processor."""
    import yaml

    from delaysnn.core.dataset import read_dataset
    from delaysnn.settings.training import Course, Phase
    from delaysnn.training.kernels import use_threads
    from delaysnn.training.model import DelayNetwork
    from delaysnn.training.optimise import Run, fit, fit_together

    config = yaml.safe_load((ROOT / "config" / "config.yaml").read_text())
    # The last epoch counts: the best of few by the same samples would flatter.
    training = Course(**config["training"]).model_copy(update={"choose": "final"})
    data = {"train": read_dataset(train), "validation": read_dataset(validation)}
    phase = Phase(epochs=epochs, learning_rate=training.dense.learning_rate)
    topology = [data["train"].spikes.n_neurons, 48, 48, data["train"].n_classes]

    def draw(seed: int) -> DelayNetwork:
        return DelayNetwork(topology, [1, 30, 30], 2, training, seed)

    with tempfile.TemporaryDirectory() as folder:
        runs = [Run(**data, training=training, seed=seed, checkpoint=Path(folder, f"{seed}")) for seed in range(seeds)]
        start = time.perf_counter()
        histories = fit_together([draw(seed).to("cuda") for seed in range(seeds)], runs, phase)
        tell("GPU", histories, time.perf_counter() - start)
        use_threads(len(os.sched_getaffinity(0)))
        histories, start = [], time.perf_counter()
        for run in runs:
            other = Run(**data, training=training, seed=run.seed, checkpoint=Path(folder, f"cpu{run.seed}"))
            histories.append(fit(draw(run.seed), other, phase))
            tell("processor", histories, time.perf_counter() - start)


def tell(where: str, histories: list[list[dict]], seconds: float) -> None:
    """Print the accuracies on validation samples after the last epoch, and how long all of it took."""
    last = [history[-1]["validation_accuracy"] for history in histories]
    mean = statistics.mean(last)
    losses = [[round(row["loss"], 4) for row in history[:3]] for history in histories]
    row = {"where": where, "mean": round(mean, 2), "accuracies": [round(each, 2) for each in last]}
    print(json.dumps(row | {"seconds": round(seconds, 2), "first losses": losses}), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, required=True, help="folder for tables and what is printed")
    parser.add_argument("--train", type=Path)
    parser.add_argument("--validation", type=Path)
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=450, help="for all parts together")
    parser.add_argument("--accuracies", action="store_true", help="this part alone")
    arguments = parser.parse_args()
    if arguments.accuracies:
        return accuracies(arguments.train, arguments.validation, arguments.seeds, arguments.epochs)
    arguments.output.mkdir(parents=True, exist_ok=True)
    start, python = time.monotonic(), sys.executable

    def left(most: float) -> float:
        return max(1.0, min(most, start + arguments.seconds - time.monotonic()))

    benchmark = [python, str(Path(__file__).with_name("gpu.py")), "--output"]
    table = str(arguments.output.resolve() / "gpu.csv")
    part("benchmark", [*benchmark, table, "--only", "ours"], left(75), arguments.output)
    others = str(arguments.output.resolve() / "gpu_libraries.csv")
    part("libraries", [*benchmark, others, "--only", "libraries"], left(5 * 60 + 10), arguments.output)
    if arguments.train and arguments.validation:
        files = ["--train", str(arguments.train.resolve()), "--validation", str(arguments.validation.resolve())]
        size = ["--seeds", str(arguments.seeds), "--epochs", str(arguments.epochs), "--output", "unused"]
        part("accuracies", [python, __file__, "--accuracies", *files, *size], left(60), arguments.output)
    tests = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "--durations=5", *TESTS]
    part("tests", [python, *tests], left(75), arguments.output)
    large = str(arguments.output.resolve() / "gpu_large.csv")
    part("large", [*benchmark, large, "--only", "large"], left(60), arguments.output)


if __name__ == "__main__":
    main()
