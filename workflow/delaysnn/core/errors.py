"""The one error that users are meant to see."""


class InputError(ValueError):
    """The user gave something that cannot be used.

    The message is a whole sentence: which file, key, sample or neuron, the value found, and what to do.
    Scripts print it without a traceback (:func:`delaysnn.core.job.job`).
    """
