"""Networks built and run in other tools, and written to NIR by these."""

import nir
import norse.torch as norse
import snntorch as snn
import torch
from common import FOLDER, INPUTS, SIZES, drawn
from common import save_run as save
from norse.torch.functional.lif_box import LIFBoxParameters
from snntorch.export_nir import export_to_nir as from_snntorch
from spikingjelly.activation_based import functional, layer, neuron
from spikingjelly.activation_based.nir_exchange import export_to_nir as from_spikingjelly
from torch import nn

torch.manual_seed(1)
EXAMPLE = torch.zeros(1, SIZES[0])


def chain(linear, nodes, gain=3.0):
    modules = []
    for index, node in enumerate(nodes):
        modules += [drawn(linear(*SIZES[index : index + 2]), gain), node]
    return nn.Sequential(*modules)


def step_by_step(run):
    with torch.no_grad():
        return torch.stack([run(step) for step in torch.as_tensor(INPUTS, dtype=torch.float64)])


def leaky(output=False, size=SIZES[1], kind=snn.Leaky, **more):
    beta = torch.rand(size) * 0.4 + 0.5
    zero = {"reset_mechanism": "zero", "reset_delay": False, "init_hidden": True, "output": output}
    return kind(beta=beta, threshold=torch.ones(size), **zero, spike_grad=lambda x: (x > 0).to(x.dtype), **more)


def write_snntorch(case, nodes):
    network = chain(nn.Linear, nodes)
    graph = from_snntorch(network, EXAMPLE, ignore_dims=[0])
    nir.write(FOLDER / f"{case}.nir", graph)
    network.double()
    for node in nodes:
        node.reset_mem()
    save(case, step_by_step(lambda step: network(step)[0]))


write_snntorch("snntorch", [leaky(), leaky(), leaky(True, SIZES[3])])
returning = leaky(kind=snn.RLeaky, linear_features=SIZES[1])
write_snntorch("snntorch_returning", [leaky(), returning, leaky(True, SIZES[3])])

for case, nodes in (
    ("spikingjelly", [neuron.LIFNode(1.5), neuron.ParametricLIFNode(1.7), neuron.IFNode(2.0)]),
    ("spikingjelly_currents", [neuron.CUBALIFNode(v_threshold=2.0) for _ in range(3)]),
):
    network = chain(layer.Linear, nodes)
    from_spikingjelly(network, EXAMPLE, FOLDER / f"{case}.nir", dt=0.001)
    functional.reset_net(network.double())
    save(case, step_by_step(network))

# Norse writes its time constants times the step, and no single value for a layer.
cells = [
    norse.LIFBoxCell(LIFBoxParameters(torch.full((size,), 250.0), v_leak=torch.zeros(size), v_th=torch.ones(size)))
    for size in SIZES[1:]
]
network = norse.SequentialState(*chain(nn.Linear, cells, 9.0))
nir.write(FOLDER / "norse.nir", norse.to_nir(network, EXAMPLE))
network.double()
state = None


def run_norse(step):
    global state
    spikes, state = network(step, state)
    return spikes


save("norse", step_by_step(run_norse))
