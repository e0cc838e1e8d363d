"""Networks of other tools, read and written."""

# What a graph of NIR can hold (:mod:`delaysnn.core.features`): its neurons know no reset by subtraction.
IN_NIR = ("bias", "recurrent", "readout")
