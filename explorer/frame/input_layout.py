"""Where the parts of the input panel go at a given height: arithmetic, no widgets."""

from __future__ import annotations

from dataclasses import dataclass

PANEL_WIDTH = 264
MARGIN = 16
CONTENT_WIDTH = PANEL_WIDTH - 2 * MARGIN
BARS_OUTSET = 6  # the chosen row's ground reaches beyond the text's edge
FIELD = 28
HOVER_ROWS = 4

Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class InputLayout:
    """One way to lay the panel out.

    Attributes
    ----------
    factor : int
        Screen pixels per pixel of the image.
    row : int
        Height of a softmax row.
    beside : bool
        Whether label, prediction and verdict stand to the right of the image, to save height.
    """

    factor: int
    row: int
    beside: bool

    @property
    def hover_row(self) -> int:
        """Height of a row under "Under the cursor"."""
        return 17 if self.beside else 18

    def boxes(self, classes: int = 10) -> tuple[dict[str, Box], int]:
        """Place every part.

        Returns
        -------
        boxes, height
            For each part (x, y, width, height), and the height of all with its margins.
        """
        tight = self.beside
        side = FIELD * self.factor + 2
        boxes: dict[str, Box] = {}
        y = 8 if tight else 10

        def add(name: str, height: int, gap: int) -> None:
            nonlocal y
            boxes[name] = (MARGIN, y, CONTENT_WIDTH, height)
            y += height + gap

        add("header", 20, 8 if tight else 13)
        # The full image nearly fills the width and keeps to the left; a smaller one stands in the middle.
        aside = 0 if self.beside or self.factor == LAYOUTS[0].factor else (CONTENT_WIDTH - side) // 2
        boxes["image"] = (MARGIN + aside, y, side, side)
        if self.beside:
            boxes["results"] = (MARGIN + side + 14, y, CONTENT_WIDTH - side - 14, side)
        y += side + (8 if tight else 10)
        add("buttons", 24, 6 if tight else 8)
        add("picker", 50, 5 if tight else 8)
        boxes["rule_above"] = (0, y, PANEL_WIDTH, 1)
        y += 7 if tight else 9
        if not self.beside:
            add("results", 40, 8)
        add("softmax", 16, 2 if tight else 4)
        boxes["bars"] = (MARGIN - BARS_OUTSET, y, CONTENT_WIDTH + 2 * BARS_OUTSET, self.row * classes)
        y += self.row * classes + (5 if tight else 8)
        boxes["rule_below"] = (0, y, PANEL_WIDTH, 1)
        y += 5 if tight else 8
        add("loss", 38, 6 if tight else 8)
        add("hover", 32 + HOVER_ROWS * self.hover_row, 10 if tight else 12)
        _, top, _, height = boxes["hover"]
        boxes["hover"] = (MARGIN - 4, top, CONTENT_WIDTH + 8, height)
        return boxes, y


LAYOUTS = (
    InputLayout(8, 20, False),
    InputLayout(7, 20, False),
    InputLayout(7, 18, False),
    InputLayout(6, 18, False),
    InputLayout(5, 20, True),
    InputLayout(5, 18, True),
    InputLayout(5, 16, True),
)
"""From roomy to tight."""


def choose_layout(height: int, classes: int = 10) -> InputLayout:
    """Return the roomiest layout that fits into `height`, or the tightest one when none does."""
    return next((layout for layout in LAYOUTS if layout.boxes(classes)[1] <= height), LAYOUTS[-1])
