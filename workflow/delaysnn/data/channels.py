"""How many channels the cochlea of the Spiking Heidelberg Digits has. Importing it is quick."""

# Cramer et al., IEEE TNNLS 2020: SHD, SSC, and whatever that cochlea encodes.
COCHLEA_CHANNELS = 700
