r"""Stream the first test sample through the engine in Verilog, as Verilator simulates it.

python examples/stream_sample.py results/models/spoken_digits/48/seed1/8bit.safetensors \
    results/data/spoken_digits/test.npz history
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from delaysnn.core.dataset import read_dataset
from delaysnn.core.network import read_network
from delaysnn.platforms.fpga.images import Options, make_images
from delaysnn.platforms.fpga.verilog import build, play
from delaysnn.platforms.loihi2.conversion import convert

model, test, structure = sys.argv[1:]
network, samples = convert(read_network(model), {}), read_dataset(test)
images = make_images(network, Options(structure))
with TemporaryDirectory() as folder:
    build(Path(__file__).parents[1] / "workflow/rtl", images, Path(folder))
    played = play(Path(folder), images, samples.spikes.select([0]))
print(f"{played.end[0] - played.begin[0]} cycles; class {samples.labels[0]}; spikes of every class's neuron:")
print(played.layers[-1].counts()[0])
