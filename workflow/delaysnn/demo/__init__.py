"""A first look in a minute: a trained network and samples that the repository ships, through chips to one page."""
