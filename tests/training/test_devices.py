import pytest
import torch

from delaysnn.core.errors import InputError
from delaysnn.training.devices import find_device


def test_the_processor_is_always_there():
    assert find_device("cpu") == torch.device("cpu")


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_cuda_where_there_is_none_is_named():
    with pytest.raises(InputError, match=r"training\.device is cuda, but this torch \(2\..*\) .* Write cpu, or "):
        find_device("cuda")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
def test_cuda_is_found():
    assert find_device("cuda").type == "cuda"
