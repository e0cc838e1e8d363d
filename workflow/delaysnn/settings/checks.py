"""Checks of keys beside each other: each ends in one sentence before any job starts.

It is an InputError that names the keys or files, the values found and what to write.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from delaysnn.core.errors import InputError
from delaysnn.core.features import listed
from delaysnn.core.files import require_kind
from delaysnn.neurons import registered as registered_neurons
from delaysnn.platforms import registered
from delaysnn.platforms.constants import read_constants, shipped_constants
from delaysnn.platforms.protocol import Planned
from delaysnn.settings.losses import check_loss
from delaysnn.settings.networks import BroughtNetwork

if TYPE_CHECKING:
    from delaysnn.settings.configuration import Configuration
    from delaysnn.settings.training import Course


def check_combinations(configuration: "Configuration") -> None:
    """Check what is known without any file."""
    _check_delays(configuration)
    check_own_networks(configuration)
    _check_deployed(configuration)
    _check_weight_decay(configuration)
    _check_together(configuration)
    _check_folds(configuration)
    _check_energies(configuration)
    quantisation = configuration.quantisation
    if quantisation.deployed not in quantisation.bits:
        raise InputError(
            f"Configuration: quantisation.deployed is {quantisation.deployed}, which is not among quantisation.bits "
            f"{quantisation.bits}; add it there."
        )
    for name in configuration.platforms:
        if name in type(configuration).model_fields and configuration.section(name) is None:
            raise InputError(f"Configuration: platforms names {name}, but there is no section {name}; add it.")


def _check_delays(configuration: "Configuration") -> None:
    delays = configuration.delays
    # Networks that come as a file bring delays of their own.
    if len(delays.levels) == 1 and any(network.takes_levels for network in configuration.own_networks.values()):
        raise InputError(
            f"Configuration: delays.max is {delays.max}, which at stride {delays.stride} gives only delay 0; write "
            f"more than {delays.stride}, or delays: false for networks without."
        )
    steps = configuration.data.time_steps
    for name, network in configuration.own_networks.items():
        given = network.input_delays
        if isinstance(given, list) and given[-1] >= steps:
            raise InputError(
                f"Configuration: networks.{name}.input_delays has {given[-1]}, but samples have {steps} time steps "
                "(data.time_steps), so no input ever arrives that late; write shorter delays."
            )
        if network.takes_levels and delays.levels[-1] >= steps:
            raise InputError(
                f"Configuration: delays.max is {delays.max}, so the longest delay of network {name} has "
                f"{delays.levels[-1]} time steps, but samples have {steps} (data.time_steps), so no spike ever arrives "
                f"that late; write {steps} or less."
            )
    for key, kept in (("keep", delays.keep), ("sweep", max(delays.sweep))):
        if kept > len(delays.levels):
            raise InputError(
                f"Configuration: delays.{key} is {kept}, but max {delays.max} at stride {delays.stride} gives only "
                f"{len(delays.levels)} delay levels; keep fewer."
            )
    for name, network in configuration.own_networks.items():
        # Of a list alone, checked beside it.
        listed = network.input_delays and not network.takes_levels
        if network.keep and network.keep > len(delays.levels) and not listed:
            raise InputError(
                f"Configuration: networks.{name}.keep is {network.keep}, but there are {len(delays.levels)} delay "
                "levels; keep fewer."
            )
        if network.keep and not network.keeps:
            raise InputError(
                f"Configuration: networks.{name}.keep is {network.keep}, but its levels are neither pruned nor drawn "
                "at random nor learned; leave keep out."
            )
    if delays.keep in delays.sweep:
        raise InputError(
            f"Configuration: delays.sweep {delays.sweep} holds {delays.keep}, which is delays.keep and is measured "
            "anyway; take it out."
        )


def check_own_networks(configuration: "Configuration") -> None:
    """Check networks that are trained here, each for itself."""
    _check_networks(configuration)
    _check_refined(configuration)


def _check_networks(configuration: "Configuration") -> None:
    for name, network in configuration.own_networks.items():
        if network.recipe not in {None, *configuration.recipes}:
            raise InputError(
                f"Configuration: networks.{name}.recipe is {network.recipe!r}; choose one of recipes, "
                f"{', '.join(configuration.recipes)}, or leave it out."
            )
        if network.recurrent and (network.delays or network.input_delays):
            key = "delays" if network.delays else "input_delays"
            raise InputError(
                f"Configuration: networks.{name} is recurrent and has {key}, but a recurrent network is a baseline "
                f"without; write {key}: false."
            )
        needed = {"axonal": "axon", "axonal_random": "none"}.get(str(network.recurrent))
        if needed and network.pruning != needed:
            chosen = "pruning by axons chooses" if needed == "axon" else "the seed draws"
            raise InputError(
                f"Configuration: networks.{name}.pruning is {network.pruning}, but recurrent is {network.recurrent}, "
                f"whose delays {chosen}; write pruning: {needed}."
            )
        if isinstance(network.input_delays, list):
            _check_listed(configuration, name)
        if network.bits and network.recurrent:
            raise InputError(
                f"Configuration: networks.{name}.bits is {network.bits}, but a recurrent network is not quantised; "
                "leave bits out."
            )
        layers = len(network.hidden) + 1
        if network.bits and len(network.bits) != layers:
            raise InputError(
                f"Configuration: networks.{name}.bits is {network.bits}, but with its output layer the network has "
                f"{layers} layers; write a width for each."
            )
        channels = configuration.channels
        if network.input_sharing > channels:
            raise InputError(
                f"Configuration: networks.{name}.input_sharing is {network.input_sharing}, but the data have "
                f"{channels} channels; write as many or fewer."
            )
        where = f"recipes.{network.recipe}" if network.recipe else "training"
        loss = configuration.course(name).loss
        check_loss(loss, network.decides, f"Configuration: networks.{name}.readout", f"{where}.loss")
        wanted = registered_neurons()[network.neuron].settings
        if wanted and getattr(configuration.course(name), wanted) is None:
            raise InputError(
                f"Configuration: networks.{name}.neuron is {network.neuron}, but {where}.{wanted} is null; write its "
                "keys as config/config.yaml does."
            )
        if network.delays == "random" and network.pruning != "none":
            raise InputError(
                f"Configuration: networks.{name}.pruning is {network.pruning}, but its delays are random, as many as "
                "pruning keeps, and never change; write pruning: none."
            )
        if network.delays == "learned" and network.pruning != "none":
            raise InputError(
                f"Configuration: networks.{name}.pruning is {network.pruning}, but its delays are learned, as "
                "many as are kept; write pruning: none."
            )
        if network.delays == "learned" and configuration.course(name).positions is None:
            raise InputError(
                f"Configuration: networks.{name}.delays is learned, but {where}.positions is null; write its keys as "
                "config/config.yaml does."
            )


def _check_listed(configuration: "Configuration", name: str) -> None:
    """Check a network whose inputs are delayed by time steps of a list."""
    network = configuration.network(name)
    assert isinstance(network.input_delays, list)
    what = f"Configuration: networks.{name}.input_delays is {network.input_delays}"
    if network.delays == "learned":
        raise InputError(f"{what}, but its delays are learned, over all levels of delays; write true or false.")
    if network.pruning == "refined":
        raise InputError(f"{what}, but pruning is refined, which moves levels of delays; write true or false.")
    kept, given = configuration.kept(name), len(network.input_delays)
    if network.keeps and not network.delays and kept >= given:
        raise InputError(
            f"{what}, of which pruning: {network.pruning} keeps {kept}, so all; write networks.{name}.keep: "
            f"{given - 1} or fewer, or pruning: none."
        )


def _check_deployed(configuration: "Configuration") -> None:
    if all(name in configuration.own_networks for name in configuration.networks) and not configuration.deployed:
        raise InputError(
            "Configuration: no network can be deployed. At least one needs delays: true or learned (or false beside "
            "input_delays), pruning other than refined, and neurons and features that one of platforms runs "
            f"({_runs(configuration)})."
        )


def _check_refined(configuration: "Configuration") -> None:
    stride = configuration.delays.stride
    for name, network in configuration.own_networks.items():
        if network.pruning != "refined":
            continue
        epochs = configuration.course(name).pruned.epochs
        what = f"Configuration: networks.{name}.pruning is refined, which"
        if not network.delays:
            raise InputError(f"{what} moves delays, but delays is false; write none.")
        if stride % 2:
            raise InputError(f"{what} halves delays.stride, but that is {stride}; write an even one, or synapse.")
        if epochs < 2:
            raise InputError(
                f"{what} splits training.pruned.epochs between two rounds, but that is {epochs}; write 2 or more, or "
                "synapse."
            )


def _courses(configuration: "Configuration") -> dict[str, "Course"]:
    """Return every course by its key."""
    recipes = {f"recipes.{name}": course for name, course in configuration.recipes.items()}
    return {"training": configuration.training, **recipes}


def _check_together(configuration: "Configuration") -> None:
    for name, course in _courses(configuration).items():
        if course.together > 1 and course.device not in ("cuda", "auto"):
            raise InputError(
                f"Configuration: {name}.together is {course.together}, but with {name}.device {course.device} networks "
                f"of one job train one after another; write {name}.together: 1, or device: cuda."
            )


def _check_weight_decay(configuration: "Configuration") -> None:
    for name, course in _courses(configuration).items():
        for phase in ("dense", "pruned", "quantised"):
            rate = getattr(course, phase).learning_rate
            if course.weight_decay * rate >= 1:
                raise InputError(
                    f"Configuration: {name}.weight_decay is {course.weight_decay:g}, which at {name}.{phase}."
                    f"learning_rate {rate:g} takes a whole weight or more away in one step; write less than "
                    f"{1 / rate:g}."
                )


def _check_folds(configuration: "Configuration") -> None:
    tested: dict[int, int] = {}
    held_out: dict[tuple[frozenset[int], frozenset[int]], int] = {}
    for index, fold in enumerate(configuration.folds):
        for speaker in fold.test:
            if speaker in fold.validation:
                raise InputError(
                    f"Configuration: speaker {speaker} is in folds.{index}.test and in its validation; take it out "
                    "of one."
                )
            first = tested.setdefault(speaker, index)
            if configuration.folds[first].test != fold.test:
                raise InputError(
                    f"Configuration: speaker {speaker} is in folds.{index}.test and in that of entry {first}; a mean "
                    f"over folds counts every speaker once, so take it out of one, or write {index}'s test as "
                    f"{configuration.folds[first].test} and give it other validation speakers."
                )
        first = held_out.setdefault((frozenset(fold.test), frozenset(fold.validation)), index)
        if first != index:
            raise InputError(
                f"Configuration: folds.{index} has the test and validation speakers of entry {first}; give it other "
                "validation speakers, or write the seeds of both in one."
            )


def _check_energies(configuration: "Configuration") -> None:
    budgets, chip = configuration.frontier.budgets_uj, configuration.frontier.energy_platform
    if budgets and not chip:
        raise InputError(
            f"Configuration: frontier.budgets_uj is {budgets}, but frontier.energy_platform is null; write the chip "
            "whose estimate is used."
        )
    if chip and not budgets:
        raise InputError(
            f"Configuration: frontier.energy_platform is {chip}, but frontier.budgets_uj is null; write energies "
            "there, or null in both."
        )


def check_search(configuration: "Configuration") -> None:
    """Check what the search alone asks for."""
    chip = configuration.frontier.energy_platform
    if chip in type(configuration).model_fields and configuration.section(str(chip)) is None:
        raise InputError(f"Configuration: frontier.energy_platform is {chip}, but there is no section {chip}; add it.")


def check_brought(configuration: "Configuration") -> None:
    """Check that what comes as files can be fine-tuned, where it is: of floats, for platforms that run integers."""
    for name in configuration.as_integers:
        network, course = configuration.network(name), configuration.course(name)
        if not isinstance(network, BroughtNetwork):
            continue
        files = network.read(configuration.seeds, name, configuration.dataset, configuration.data.time_steps)
        for file, found in files.items():
            if found.quantised:
                continue
            check_loss(course.loss, found.readout, f"{file}: readout", "training.loss")
            for neuron in found.neurons:
                try:
                    registered_neurons()[neuron].limits(course)
                except InputError as error:
                    raise InputError(f"{file}: is fine-tuned with integer weights, but {error}") from None


def check_report(configuration: "Configuration") -> None:
    """Check that every platform has a network to run, and that the one to show has something to show."""
    for name in configuration.platforms:
        if not configuration.deployed_on(name):
            raise InputError(
                f"Configuration: platforms names {name}, but no network is deployed on it ({_runs(configuration)}); "
                "give networks what it runs, or take it out of platforms."
            )
    if configuration.shown not in configuration.deployed:
        raise InputError(
            f"Configuration: report.show is {configuration.shown!r}, which is no network that is deployed; write one "
            f"of {', '.join(configuration.deployed)}, or null for the first."
        )


def check_platforms(configuration: "Configuration", root: Path) -> None:
    """Check that what will be deployed on a platform fits there, before anything is trained.

    Args:
        configuration: with the shapes of networks that come as files.
        root: the repository, which holds the constants of the paper's chips.
    """
    planned = {name: plan(configuration, name) for name in configuration.deployed}
    for name in configuration.platforms:
        shipped, own = shipped_constants(name, root), configuration.hardware.get(name)
        if own is not None:
            require_kind(f"Configuration: hardware.{name}", own, "file")
        file, section = own or shipped, configuration.section(name)
        constants = read_constants(file, shipped) if file else {}
        for network in configuration.deployed_on(name):
            registered()[name].check(planned[network], constants, section.model_dump() if section else {})


def _runs(configuration: "Configuration") -> str:
    """Say which neurons each platform runs, and what else beyond the paper's networks."""
    platforms = {name: registered()[name] for name in configuration.platforms}
    return "; ".join(
        f"{name} runs {', '.join(each.neurons)}" + f", and {listed(each.features)}" * bool(each.features)
        for name, each in platforms.items()
    )


def plan(configuration: "Configuration", name: str) -> Planned:
    """Return what is known of a network before any job."""
    network, delays = configuration.network(name), configuration.delays
    bits = configuration.deployed_width(name)
    topology = (configuration.channels, *network.hidden, configuration.classes or 1)
    # A network that comes as files has synapses, levels and decays of its own.
    if isinstance(network, BroughtNetwork):
        files = network.read(configuration.seeds, name, configuration.dataset, configuration.data.time_steps)
        return Planned(name, topology, (), 0, 0, bits, files)
    levels = delays.levels if network.delays else (0,)
    inputs = network.delays_of_inputs(delays.levels)
    most = configuration.kept(name) if network.keeps else len(levels)
    decays, sharing = configuration.course(name).decay_groups, network.input_sharing
    known = (name, topology, levels, min(most, len(levels)), decays, bits)
    return Planned(
        *known,
        input_sharing=sharing,
        input_delays=inputs,
        input_kept=configuration.kept_of_inputs(name),
        neurons=tuple(network.neurons),
        features=tuple(network.features),
    )
