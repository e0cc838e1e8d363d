"""The paper's own numbers, with the same keys as ours: network, platform, quantity."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from delaysnn.core.errors import InputError
from delaysnn.platforms import registered

Key = tuple[str, str, str]

# The data set that the paper's numbers were measured on.
DATASET = "shd"

_QUANTITIES = {
    "energy_uj": "energy",
    "latency_ms": "latency",
    "memory_mbit": "memory",
    "delay_ip_uj": "delay_ip_energy",
    "accuracy_pct": "accuracy",
    "agreement_pct": "agreement",
    "parameters": "parameters",
}


def read_published(path: str | Path) -> dict[Key, float]:
    """Return the published value of every (network, platform, quantity) of Tables I to IV, and the sibling's EDAP.

    Raises:
        InputError: the file is missing or lacks a table.
    """
    try:
        return dict(_cells(yaml.safe_load(Path(path).read_text())))
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file; it is part of the repository, so restore it.") from None
    except (KeyError, TypeError, AttributeError, yaml.YAMLError) as error:
        raise InputError(f"{path}: does not hold the paper's tables ({error}); restore it.") from None


def published_beside(path: str | Path, shapes: Mapping[str, Any], outputs: int) -> dict[Key, float]:
    """Return the published value of every (network, platform, quantity), by the names of our networks.

    Where weights are integers the paper's have one width; networks of another have no published value there.

    Args:
        path: as :func:`read_published` takes it.
        shapes: as :func:`namesakes` takes them, and ``bits`` of an integer weight.
        outputs: neurons of the last layer, one a class.

    Raises:
        InputError: as :func:`read_published`.
    """
    cells = read_published(path)
    theirs_has = yaml.safe_load(Path(path).read_text())["section_4"]["loihi_weight_bits"]
    chips = [chip for chip in registered().values() if chip.quantised]
    quantised = {name for chip in chips for name in (chip.name, *(setup.name for setup in chip.setups))}

    def has_its_width(name: str) -> bool:
        own = shapes["networks"][name].get("bits")
        return {*own} == {theirs_has} if own else shapes["bits"] == theirs_has

    return {
        (ours, platform, quantity): value
        for ours, theirs in namesakes(path, shapes, outputs).items()
        for (network, platform, quantity), value in cells.items()
        if network == theirs and (platform not in quantised or has_its_width(ours))
    }


def namesakes(path: str | Path, shapes: Mapping[str, Any], outputs: int) -> dict[str, str]:
    """Return what the paper calls each of our networks, of those whose shape it has.

    Whatever a network is called, it stands beside the paper's of the same shape: neurons a layer, time steps, delay
    levels, levels kept, and whether synapses or whole axons are pruned. One that is trained by another recipe, or whose
    input channels share weights or are delayed, is a comparison of ours.

    Args:
        path: the file with the published numbers.
        shapes: ``networks`` (hidden, delays, pruning, recipe and, where it has them, input_sharing, input_delays, keep
            and bits of each of ours, by name), ``delays`` (max, stride and keep of the configuration) and
            ``time_steps`` of a sample.
        outputs: neurons of the last layer, one a class.
    """
    models = yaml.safe_load(Path(path).read_text())["table_1_models"]
    ours = (shapes["time_steps"], *(shapes["delays"][key] for key in ("max", "stride")))
    if ours != tuple(models[key] for key in ("timesteps", "max_delay", "stride")):
        return {}
    alike = {
        name: network
        for name, network in shapes["networks"].items()
        if (network.get("keep") or shapes["delays"]["keep"]) == models["levels_kept"]
    }
    names = {name: _namesake(network, outputs, models) for name, network in alike.items()}
    return {name: theirs for name, theirs in names.items() if theirs}


def _namesake(network: Mapping[str, Any], outputs: int, models: Mapping[str, Any]) -> str | None:
    """Return what the paper calls a network of these layers and this pruning, if it has one."""
    ending = {"synapse": "", "axon": "ax"}.get(network["pruning"])
    if network["delays"] is not True or network["recipe"] or network.get("input_sharing", 1) > 1 or ending is None:
        return None
    if network.get("input_delays"):
        return None
    return next(
        (
            f"{name}{ending}"
            for name, model in models.items()
            if isinstance(model, dict)
            and (model["topology"][1:-1], model["topology"][-1]) == (list(network["hidden"]), outputs)
        ),
        None,
    )


def _cells(tables: dict[str, Any]) -> Iterator[tuple[Key, float]]:
    for network, row in tables["table_1_models"].items():
        if isinstance(row, dict):
            for key in ("parameters", "accuracy_pct"):
                yield (network, "pytorch", _QUANTITIES[key]), row[key]
    # The paper does not say how a chip rounds, so its values stand beside every way.
    ways = {name: (name, *dict(chip.labels)) for name, chip in registered().items()}
    for network, row in tables["table_2_fidelity"].items():
        for key in ("accuracy_pct", "agreement_pct"):
            for platform, value in row[key].items():
                for ours in ways.get(platform, (platform,)):
                    yield (network, ours, _QUANTITIES[key]), value
        for platform, layers in row.get("spikes", {}).items():
            for layer, value in enumerate(layers, start=1):
                for ours in ways.get(platform, (platform,)):
                    yield (network, ours, f"spikes_h{layer}"), value
    for network, platforms in tables["table_3_hardware"].items():
        for platform, row in platforms.items():
            if isinstance(row, dict):
                yield from _row(network, platform, row)
    yield from _row("48", "loihi_3cores", tables["table_4_three_cores"]["loihi"])
    for queues, value in tables["edap_js_m2"].items():
        yield ("48", f"seneca_scdq_{queues}", "edap"), value


def _row(network: str, platform: str, row: dict[str, float]) -> Iterator[tuple[Key, float]]:
    for key, value in row.items():
        yield (network, platform, _QUANTITIES[key]), value
