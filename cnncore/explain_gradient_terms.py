"""What all derivatives that are sums have in common: products that add up."""

import numpy as np

from cnncore.explain_window import Indices
from cnncore.windows import Array


class SumOfProducts:
    """A derivative that is a sum.

    Attributes
    ----------
    products : float64 array
        Its terms.
    """

    products: Array

    @property
    def exact(self) -> float:
        """The products added up in float64."""
        return _sum(self.products)

    @property
    def positive(self) -> float:
        """The sum of the positive products."""
        return _sum(self.products[self.products > 0])

    @property
    def negative(self) -> float:
        """The sum of the negative products."""
        return _sum(self.products[self.products < 0])

    @property
    def positive_count(self) -> int:
        """How many products are positive."""
        return int((self.products > 0).sum())

    @property
    def negative_count(self) -> int:
        """How many products are negative."""
        return int((self.products < 0).sum())

    @property
    def zero_count(self) -> int:
        """How many products are zero."""
        return int((self.products == 0).sum())

    @property
    def order(self) -> Indices:
        """Places in the flattened products by their size, the largest first."""
        return np.argsort(-np.abs(self.products), axis=None, kind="stable")


def _sum(products: Array) -> float:
    # Gradients of a run that diverges may hold infinities of both signs.
    with np.errstate(over="ignore", invalid="ignore"):
        return float(products.sum())
