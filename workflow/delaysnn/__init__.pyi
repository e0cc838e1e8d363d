from delaysnn.core.dataset import Dataset as Dataset
from delaysnn.core.dataset import read_dataset as read_dataset
from delaysnn.core.network import Layer as Layer
from delaysnn.core.network import Network as Network
from delaysnn.core.network import read_network as read_network
from delaysnn.core.network import write_network as write_network
from delaysnn.core.spike_trains import SpikeTrains as SpikeTrains
from delaysnn.core.traces import decide as decide
from delaysnn.data.binning import bin_events as bin_events
from delaysnn.data.events import Events as Events
from delaysnn.data.events import read_events as read_events
from delaysnn.networks.readers import read_theirs as read_theirs
from delaysnn.platforms.loihi.conversion import convert as convert
from delaysnn.platforms.loihi.fixed_point import simulate as simulate
from delaysnn.queues.delays import useful_delays as useful_delays
from delaysnn.queues.structures.scdq import run_queue as run_queue
from delaysnn.settings.training import Phase as Phase
from delaysnn.settings.training import Training as Training
from delaysnn.training.evaluate import trace as trace
from delaysnn.training.model import DelayNetwork as DelayNetwork
from delaysnn.training.optimise import Run as Run
from delaysnn.training.optimise import fit as fit
from delaysnn.training.optimise import fit_quantised as fit_quantised
from delaysnn.training.pruning import prune as prune

__version__: str
