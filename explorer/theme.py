"""The theme: which tokens, colour maps and fonts the program draws with, now."""

from typing import Literal

import numpy as np
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from explorer import colormaps
from explorer.assets import asset
from explorer.stylesheet import stylesheet
from explorer.tokens import DARK, LETTER_SPACING, LIGHT, Tokens

__all__ = [
    "DARK",
    "FAMILY",
    "LIGHT",
    "Mode",
    "Theme",
    "Tokens",
    "load_fonts",
    "make_font",
    "make_palette",
    "stylesheet",
]

Mode = Literal["system", "light", "dark"]
MODES: tuple[Mode, ...] = ("system", "light", "dark")

FAMILY = "Inter"
FALLBACK = "DejaVu Sans"
_FACES = ("Regular", "Medium", "SemiBold", "Italic", "SemiBoldItalic")


def load_fonts() -> None:
    """Register the typefaces that ship with the program. Needs a QGuiApplication; a second call does nothing.

    Raises
    ------
    FileNotFoundError
        When a font file is missing.
    """
    if FAMILY in QFontDatabase.families() and set(QFontDatabase.styles(FAMILY)) >= {"Medium", "Semi Bold"}:
        return
    for face in _FACES:
        QFontDatabase.addApplicationFont(str(asset("fonts", f"Inter-{face}.otf")))


def make_font(size_px: float, weight: int = 400, italic: bool = False) -> QFont:
    """Return the program's typeface with figures of equal width."""
    font = QFont([FAMILY, FALLBACK])
    # Qt draws whole pixel sizes only; what lies between goes down, so that it fits where it was drawn for.
    font.setPixelSize(int(size_px))
    font.setWeight(QFont.Weight(weight))
    font.setItalic(italic)
    font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, LETTER_SPACING)
    font.setFeature(QFont.Tag("tnum"), 1)
    font.setFeature(QFont.Tag("cv11"), 1)  # the round a
    # Advances stay fractional, so that text keeps the designed width at every size and density.
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


def make_palette(tokens: Tokens) -> QPalette:
    """Return a palette with every role set, for what the stylesheet does not reach."""
    role = QPalette.ColorRole
    colors = {
        role.Window: tokens.app,
        role.WindowText: tokens.text,
        role.Base: tokens.ctl,
        role.AlternateBase: tokens.panel2,
        role.ToolTipBase: tokens.tooltip,
        role.ToolTipText: tokens.tooltip_text,
        role.PlaceholderText: tokens.text3,
        role.Text: tokens.text,
        role.Button: tokens.ctl,
        role.ButtonText: tokens.text,
        role.BrightText: tokens.warn,
        role.Light: tokens.panel,
        role.Midlight: tokens.panel2,
        role.Dark: tokens.line2,
        role.Mid: tokens.line,
        role.Shadow: tokens.line2,
        role.Highlight: tokens.accent,
        role.HighlightedText: tokens.accent_text,
        role.Accent: tokens.accent,
        role.Link: tokens.accent_ink,
        role.LinkVisited: tokens.accent_ink,
    }
    palette = QPalette()
    for name, color in colors.items():
        palette.setColor(name, QColor(color))
    faint = _mix(tokens.text3, tokens.panel, 0.7)
    for name in (role.WindowText, role.Text, role.ButtonText, role.PlaceholderText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, faint)
    palette.setColor(QPalette.ColorGroup.Disabled, role.Base, QColor(tokens.panel2))
    palette.setColor(QPalette.ColorGroup.Disabled, role.Button, QColor(tokens.panel2))
    palette.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(tokens.line2))
    palette.setColor(QPalette.ColorGroup.Disabled, role.HighlightedText, QColor(tokens.text))
    return palette


def _mix(first: str, second: str, share: float) -> QColor:
    mixed = share * colormaps.rgb(first) + (1 - share) * colormaps.rgb(second)
    return QColor(*(round(v) for v in mixed))


class Theme(QObject):
    """Light or dark, chosen by the person or by the system. Views repaint on `changed`.

    Attributes
    ----------
    tokens : Tokens
        The colours in use.
    signed, non_negative, pixels : (256,) uint32
        Lookup tables of packed ARGB: signed values (index 128 is zero), values from zero on, pixels of
        an image.
    """

    changed = Signal()

    def __init__(self, mode: Mode = "system", parent: QObject | None = None) -> None:
        super().__init__(parent)
        if mode not in MODES:
            raise ValueError(f"There is no theme {mode!r}; choose one of {', '.join(MODES)}.")
        self._mode: Mode = mode
        self._application: QApplication | None = None
        self._fonts: dict[tuple[float, int, bool], QFont] = {}
        self._load(self._wanted_dark())
        hints = QGuiApplication.styleHints()
        if hints is not None:
            hints.colorSchemeChanged.connect(self._follow_system)

    @property
    def mode(self) -> Mode:
        """What was asked for: "system", "light" or "dark"."""
        return self._mode

    @property
    def dark(self) -> bool:
        """Whether the dark colours are in use."""
        return self._dark

    def set_mode(self, mode: Mode) -> None:
        """Choose the colours, or follow the system.

        Raises
        ------
        ValueError
            When `mode` is not one of "system", "light" and "dark".
        """
        if mode not in MODES:
            raise ValueError(f"There is no theme {mode!r}; choose one of {', '.join(MODES)}.")
        self._mode = mode
        self._update()

    def color(self, token: str) -> QColor:
        """Return a token's colour, for example ``color("accent_soft")``."""
        return QColor(getattr(self.tokens, token))

    def font(self, size_px: float, weight: int = 400, italic: bool = False) -> QFont:
        """Return the program's typeface: `size_px` in device independent pixels, `weight` 400, 500 or 600."""
        key = (size_px, weight, italic)
        if key not in self._fonts:
            self._fonts[key] = make_font(size_px, weight, italic)
        return QFont(self._fonts[key])

    def install(self, application: QApplication) -> None:
        """Dress the whole application, now and after every change."""
        load_fonts()
        application.setStyle("Fusion")
        application.setFont(self.font(12))
        self._application = application
        self._dress()

    def _wanted_dark(self) -> bool:
        if self._mode != "system":
            return self._mode == "dark"
        hints = QGuiApplication.styleHints()
        return hints is not None and hints.colorScheme() == Qt.ColorScheme.Dark

    def _follow_system(self) -> None:
        if self._mode == "system":
            self._update()

    def _update(self) -> None:
        dark = self._wanted_dark()
        if dark == self._dark:
            return
        self._load(dark)
        self._dress()
        self.changed.emit()

    def _load(self, dark: bool) -> None:
        self._dark = dark
        self.tokens: Tokens = DARK if dark else LIGHT
        self.signed: np.ndarray = colormaps.signed(dark)
        self.non_negative: np.ndarray = colormaps.non_negative(dark)
        self.pixels: np.ndarray = colormaps.pixels(dark)

    def _dress(self) -> None:
        if self._application is not None:
            self._application.setPalette(make_palette(self.tokens))
            self._application.setStyleSheet(stylesheet(self.tokens))
