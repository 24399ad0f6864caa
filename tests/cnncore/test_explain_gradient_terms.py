"""What derivatives that are sums say of themselves."""

import numpy as np

from cnncore.explain_gradient_terms import SumOfProducts


class Sum(SumOfProducts):
    """Terms that were given."""

    def __init__(self, products):
        self.products = np.array(products)


def test_the_parts_of_a_sum():
    terms = Sum([[0.5, -2.0, 0.0], [1.0, -0.25, 0.0]])
    assert (terms.exact, terms.positive, terms.negative) == (-0.75, 1.5, -2.25)
    assert (terms.positive_count, terms.negative_count, terms.zero_count) == (2, 2, 2)
    assert terms.order.tolist() == [1, 3, 0, 4, 2, 5]


def test_no_terms_add_up_to_zero():
    terms = Sum(np.zeros((3, 0)))
    assert (terms.exact, terms.positive, terms.negative, terms.zero_count) == (0.0, 0.0, 0.0, 0)
    assert terms.order.size == 0


def test_a_gradient_that_diverges_is_no_number_and_no_warning():
    terms = Sum([np.inf, -np.inf, 1.0])
    assert np.isnan(terms.exact)
    assert (terms.positive, terms.negative) == (np.inf, -np.inf)
