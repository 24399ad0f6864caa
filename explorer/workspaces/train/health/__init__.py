"""The health of the layers on the Train page: gradients, dead units, histograms over time, hints."""
