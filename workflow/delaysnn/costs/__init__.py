"""Costs that the cost models of chips share: lines through published cells, and the errors of such lines."""
