import logging

import pytest
import torch

from delaysnn.core.errors import InputError
from delaysnn.training import gpu
from delaysnn.training.devices import find_device

no_gpu = pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")


def test_the_processor_is_always_there():
    assert find_device("cpu") == torch.device("cpu")


@no_gpu
@pytest.mark.skipif(torch.version.cuda is not None, reason="this torch has CUDA")
def test_cuda_where_torch_has_none_says_what_to_install():
    version = torch.__version__.split("+")[0]
    wanted = rf"training\.device is cuda, but this torch \(2\..*\) .*pip install --force-reinstall torch=={version} "
    with pytest.raises(InputError, match=wanted):
        find_device("cuda")


@no_gpu
def test_cuda_where_there_is_no_gpu_is_named(monkeypatch):
    monkeypatch.setattr(torch.version, "cuda", "13.0")
    with pytest.raises(InputError, match=r"training\.device is cuda, but .* finds no GPU\. Write cpu or auto, or "):
        find_device("cuda")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
def test_cuda_is_found():
    assert find_device("cuda").type == find_device("auto").type == "cuda"


@no_gpu
def test_auto_is_the_processor_where_there_is_no_gpu_and_says_so(caplog):
    with caplog.at_level(logging.INFO):
        assert find_device("auto") == torch.device("cpu")
    assert "training.device is auto: no GPU, the CPU" in caplog.text


@pytest.mark.skipif(torch.backends.mps.is_available(), reason="there is an Apple chip")
def test_mps_where_there_is_none_is_named():
    with pytest.raises(InputError, match=r"training\.device is mps, but .* needs an Apple chip"):
        find_device("mps")


@pytest.mark.parametrize(
    ("cuda", "kernels", "reason"),
    [(None, "on", "this torch is not built for CUDA"), ("13.0", "off", "DELAYSNN_KERNELS is off")],
)
def test_a_gpu_without_kernels_says_once_why(cuda, kernels, reason, monkeypatch, caplog):
    monkeypatch.setattr(torch.version, "cuda", cuda)
    monkeypatch.setenv("DELAYSNN_KERNELS", kernels)
    gpu.available.cache_clear()
    with caplog.at_level(logging.INFO):
        assert not gpu.available() and not gpu.available()
    gpu.available.cache_clear()
    assert caplog.text.count(f"no kernels for this GPU ({reason}): training runs in pure torch") == 1
