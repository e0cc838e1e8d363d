"""The one error users are meant to see."""


class InputError(ValueError):
    """Something the user gave cannot be used.

    The message is a whole sentence: which file, key, sample or neuron, the value found, and what to do.
    Scripts print it without a traceback (:func:`delaysnn.core.job.job`).
    """
