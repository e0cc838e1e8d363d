"""Networks in this project's own format, safetensors + JSON (:mod:`delaysnn.core.network`)."""

from pathlib import Path

from delaysnn.core.network import Network, read_network
from delaysnn.networks.readers import About, Reader


class Own(Reader):
    name = "delaysnn"
    endings = (".safetensors",)
    needs = "a network of your own is a .safetensors and the .json beside it"

    def read(self, path: str, about: About) -> Network:
        return read_network(path)

    def beside(self, path: str, about: About) -> tuple[str, ...]:
        return (str(Path(path).with_suffix(".json")),)


READER = Own()
