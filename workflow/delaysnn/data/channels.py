"""The number of channels of the cochlea behind the Spiking Heidelberg Digits. Importing this is quick."""

# Cramer et al., IEEE TNNLS 2020: SHD, SSC, and whatever that cochlea encodes.
COCHLEA_CHANNELS = 700
