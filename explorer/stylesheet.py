"""The style sheet of the whole program, from tokens. Roles are chosen by the dynamic property ``role``."""

from dataclasses import asdict
from string import Template

from explorer import tokens as design
from explorer.assets import asset
from explorer.stylesheet_views import LISTS, POPUPS
from explorer.tokens import LIGHT, Tokens

_LABELS = """
* { outline: none; }
QWidget { color: $text; selection-background-color: $accent; selection-color: $accent_text; }
QMainWindow, QDialog, QMessageBox { background: $app; }
QMessageBox, QFileDialog, QInputDialog, QDialog { background: $panel; }
QLabel { background: transparent; }
QLabel[role="title"] { font-size: 13px; font-weight: 600; }
QLabel[role="body"] { font-size: 12px; }
QLabel[role="strong"] { font-size: 12px; font-weight: 600; }
QLabel[role="label"] { font-size: 12px; color: $text2; }
QLabel[role="secondary"] { font-size: 11px; color: $text2; }
QLabel[role="faint"] { font-size: 11px; color: $text3; }
QLabel[role="caption"] { font-size: 10px; color: $text3; }
QLabel[role="number"] { font-size: 12px; }
QLabel[role="value"] { font-size: 12px; font-weight: 600; }
QLabel[role="big"] { font-size: 20px; font-weight: 600; }
QLabel[role="result"] { font-size: 15px; font-weight: 600; }
QLabel[role="badge"] {
  background: $accent_soft; color: $accent_ink; border-radius: ${radius_badge}px;
  font-size: 11px; font-weight: 600; padding: 1px 5px; max-height: 16px;
}
QLabel[role="key"] {
  background: $ctl; color: $text2; border: 1px solid $ctlline; border-radius: ${radius_badge}px;
  font-size: 10px; padding: 0 5px; max-height: 16px; min-height: 16px;
}
QLabel[role="error"] { font-size: 11px; color: $warn; }
QLabel:disabled { color: $text3; }
"""

_FRAMES = """
QFrame[role="panel"] { background: $panel; border: 1px solid $line; border-radius: ${radius_panel}px; }
QFrame[role="inset"] { background: $panel2; border: 1px solid $line; border-radius: ${radius_inset}px; }
QFrame[role="card"] { background: $panel; border: 1px solid $ctlline; border-radius: 0; }
QFrame[role="past"] {
  background: $accent_soft; border: 1px solid $accent; border-radius: ${radius_button}px;
}
QFrame[role="past"] QLabel { color: $accent_ink; }
QFrame[role="bar"] { background: $panel; border: none; border-bottom: 1px solid $line; }
QFrame[role="rail"] { background: $panel; border: none; border-right: 1px solid $line; }
QFrame[role="side"] { background: $panel; border: none; border-left: 1px solid $line; }
QFrame[role="foot"] { background: $panel2; border: none; border-top: 1px solid $line; }
QFrame[role="plain"] { background: $panel; border: none; }
QFrame[role="rule"] { background: $line; border: none; min-height: 1px; max-height: 1px; }
QFrame[role="vrule"] { background: $line; border: none; min-width: 1px; max-width: 1px; }
"""

_BUTTONS = """
QPushButton {
  background: $ctl; color: $text; border: 1px solid $ctlline; border-radius: ${radius_button}px;
  min-height: 22px; padding: 0 8px; font-size: 12px; font-weight: 500;
}
QPushButton:hover { background: $panel2; border-color: $line2; }
QPushButton:pressed, QPushButton:checked {
  background: $accent_soft; color: $accent_ink; border-color: $accent;
}
QPushButton:disabled { background: $panel2; color: $disabled; border-color: $ctlline; }
QPushButton:focus { border: 2px solid $accent; padding: 0 7px; min-height: 20px; }
QPushButton[role="primary"] {
  background: $accent; color: $accent_text; border: 1px solid $accent; font-weight: 600;
}
QPushButton[role="primary"]:hover { background: $accent_hover; border-color: $accent_hover; }
QPushButton[role="primary"]:pressed { background: $accent_ink; border-color: $accent_ink; }
QPushButton[role="primary"]:disabled { background: $panel2; color: $disabled; border-color: $ctlline; }
QPushButton[role="primary"]:focus { border: 2px solid $text; }
QPushButton[role="flat"] { background: transparent; border-color: transparent; color: $text2; }
QPushButton[role="flat"]:hover { background: $hover; color: $text; border-color: transparent; }
QPushButton[role="flat"]:pressed, QPushButton[role="flat"]:checked {
  background: $accent_soft; color: $accent_ink; border-color: transparent;
}
QPushButton[role="flat"]:disabled { background: transparent; color: $disabled; border-color: transparent; }
QPushButton[role="flat"]:focus { border: 2px solid $accent; }
QPushButton[role="tool"], QPushButton[iconOnly="true"] {
  padding: 0; min-width: 22px; max-width: 22px; border-radius: ${radius_control}px;
}
QPushButton[role="tool"]:focus, QPushButton[iconOnly="true"]:focus {
  padding: 0; min-width: 20px; max-width: 20px;
}
QFrame[role="bar"] QPushButton { min-height: 26px; padding: 0 9px; }
QFrame[role="bar"] QPushButton:focus { min-height: 24px; padding: 0 8px; }
QFrame[role="bar"] QPushButton[role="tool"], QFrame[role="bar"] QPushButton[iconOnly="true"] {
  padding: 0; min-width: 26px; max-width: 26px;
}
QFrame[role="bar"] QPushButton[role="tool"]:focus, QFrame[role="bar"] QPushButton[iconOnly="true"]:focus {
  padding: 0; min-width: 24px; max-width: 24px;
}
QPushButton[role="segment"], QFrame[role="bar"] QPushButton[role="segment"] {
  background: $panel2; color: $text2; border: 1px solid $ctlline; border-right: none; border-radius: 0;
  min-height: 22px; padding: 0; font-weight: 400;
}
QPushButton[role="segment"]:hover { background: $hover; color: $text; }
QPushButton[role="segment"]:checked { background: $accent_soft; color: $accent_ink; font-weight: 600; }
QPushButton[role="segment"]:disabled { color: $disabled; }
QPushButton[segment="first"], QPushButton[segment="only"] {
  border-top-left-radius: ${radius_button}px; border-bottom-left-radius: ${radius_button}px;
}
QPushButton[segment="last"], QPushButton[segment="only"] {
  border-top-right-radius: ${radius_button}px; border-bottom-right-radius: ${radius_button}px;
  border-right: 1px solid $ctlline;
}
QPushButton[role="segment"]:focus { border: 2px solid $accent; padding: 0; min-height: 20px; }
QPushButton::menu-indicator { image: none; width: 0; }
"""

_FIELDS = """
QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox, QPlainTextEdit, QTextEdit {
  background: $ctl; color: $text; border: 1px solid $ctlline; border-radius: ${radius_button}px;
  min-height: 22px; padding: 0 7px; font-size: 12px;
}
QPlainTextEdit, QTextEdit { padding: 4px; }
QLineEdit:hover, QSpinBox:hover, QDoubleSpinBox:hover, QComboBox:hover { border-color: $hatch; }
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus, QComboBox:on, QPlainTextEdit:focus,
QTextEdit:focus {
  border-color: $accent;
}
QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QComboBox:disabled {
  background: $panel2; color: $disabled;
}
QLineEdit[invalid="true"], QSpinBox[invalid="true"], QDoubleSpinBox[invalid="true"] { border-color: $warn; }
QSpinBox, QDoubleSpinBox { padding: 0; max-height: 22px; }
QAbstractSpinBox QLineEdit, QComboBox QLineEdit, QFrame[role="bar"] QComboBox QLineEdit {
  background: transparent; border: none; min-height: 0; padding: 0;
}
QSpinBox::up-button, QDoubleSpinBox::up-button {
  subcontrol-origin: border; subcontrol-position: top right; width: 19px; height: 12px;
  border: none; background: transparent;
}
QSpinBox::down-button, QDoubleSpinBox::down-button {
  subcontrol-origin: border; subcontrol-position: bottom right; width: 19px; height: 12px;
  border: none; background: transparent;
}
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow { image: url($icon_up); width: 13px; height: 13px; top: 2px; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow {
  image: url($icon_down); width: 13px; height: 13px; bottom: 2px;
}
QSpinBox::up-arrow:hover, QDoubleSpinBox::up-arrow:hover { image: url($icon_up_hover); }
QSpinBox::down-arrow:hover, QDoubleSpinBox::down-arrow:hover { image: url($icon_down_hover); }
QSpinBox::up-arrow:disabled, QDoubleSpinBox::up-arrow:disabled,
QSpinBox::up-arrow:off, QDoubleSpinBox::up-arrow:off { image: url($icon_up_disabled); }
QSpinBox::down-arrow:disabled, QDoubleSpinBox::down-arrow:disabled,
QSpinBox::down-arrow:off, QDoubleSpinBox::down-arrow:off { image: url($icon_down_disabled); }
QComboBox { padding-right: 2px; combobox-popup: 0; }
QComboBox::drop-down {
  subcontrol-origin: padding; subcontrol-position: center right; width: 20px; border: none;
}
QComboBox::down-arrow { image: url($icon_drop); width: 15px; height: 15px; }
QComboBox::down-arrow:disabled { image: url($icon_drop_disabled); }
QFrame[role="bar"] QLineEdit, QFrame[role="bar"] QComboBox,
QFrame[role="bar"] QSpinBox, QFrame[role="bar"] QDoubleSpinBox {
  min-height: 26px; max-height: 26px;
}
QComboBoxPrivateContainer { background: $panel; border: 1px solid $ctlline; border-radius: 0; }
QComboBox QAbstractItemView {
  background: $panel; color: $text; border: none; border-radius: 0; padding: 3px;
  selection-background-color: $accent_soft; selection-color: $accent_ink;
}
QComboBox QAbstractItemView::item { min-height: 24px; padding: 0 6px; border-radius: ${radius_badge}px; }
QComboBox QAbstractItemView::item:hover { background: $hover; color: $text; }
QComboBox QAbstractItemView::item:selected { background: $accent_soft; color: $accent_ink; }
"""

_TOGGLES = """
QCheckBox, QRadioButton { background: transparent; spacing: 7px; font-size: 12px; }
QCheckBox:disabled, QRadioButton:disabled { color: $disabled; }
QCheckBox::indicator, QAbstractItemView::indicator, QGroupBox::indicator {
  width: 13px; height: 13px; border: 1px solid $hatch; border-radius: ${radius_badge}px; background: $ctl;
}
QCheckBox::indicator:hover { border-color: $accent; }
QCheckBox::indicator:checked, QAbstractItemView::indicator:checked, QGroupBox::indicator:checked {
  background: $accent; border-color: $accent; image: url($icon_check);
}
QCheckBox::indicator:disabled { background: $panel2; border-color: $ctlline; }
QCheckBox::indicator:checked:disabled { background: $hatch; border-color: $hatch; }
QCheckBox:focus { color: $accent_ink; }
QCheckBox::indicator:focus { border: 2px solid $accent; width: 11px; height: 11px; }
QRadioButton::indicator {
  width: 13px; height: 13px; border: 1px solid $hatch; border-radius: ${radius_inset}px; background: $ctl;
}
QRadioButton::indicator:checked {
  width: 7px; height: 7px; border: 4px solid $accent; border-radius: ${radius_inset}px;
}
QSlider { background: transparent; min-height: 18px; }
QSlider::groove:horizontal { height: 3px; border-radius: 1px; background: $line2; }
QSlider::sub-page:horizontal { height: 3px; border-radius: 1px; background: $accent; }
QSlider::add-page:horizontal { height: 3px; border-radius: 1px; background: $line2; }
QSlider::handle:horizontal {
  width: 10px; height: 10px; margin: -5px 0; border: 1px solid $accent; border-radius: ${radius_button}px;
  background: $panel;
}
QSlider::handle:horizontal:hover, QSlider::handle:horizontal:pressed { background: $accent_soft; }
QSlider::handle:horizontal:focus { background: $accent; }
QSlider::sub-page:horizontal:disabled { background: $hatch; }
QSlider::handle:horizontal:disabled { border-color: $hatch; background: $panel2; }
QProgressBar {
  background: $grid; border: none; border-radius: 2px; min-height: 4px; max-height: 4px; color: transparent;
}
QProgressBar::chunk { background: $accent; border-radius: 2px; }
"""

_SHEET = Template(_LABELS + _FRAMES + _BUTTONS + _FIELDS + _TOGGLES + LISTS + POPUPS)

CONTROL_ICONS = {
    "up": ("chevron-up", "text2", 1.75),
    "up_hover": ("chevron-up", "accent", 1.75),
    "up_disabled": ("chevron-up", "hatch", 1.75),
    "down": ("chevron-down", "text2", 1.75),
    "drop": ("chevron-down", "text2", 1.45),
    "drop_disabled": ("chevron-down", "hatch", 1.45),
    "down_hover": ("chevron-down", "accent", 1.75),
    "down_disabled": ("chevron-down", "hatch", 1.75),
    "check": ("check", "accent_text", 2.0),
    "tick": ("check", "text", 2.0),
    "warning": ("warning", "warn", 1.45),
    "error": ("warning", "warn", 1.45),
    "info": ("info", "accent", 1.45),
    "question": ("help", "accent", 1.45),
    "back": ("chevron-left", "text2", 1.45),
    "forward": ("chevron-right", "text2", 1.45),
    "parent": ("chevron-up", "text2", 1.45),
    "new_folder": ("folder-add", "text2", 1.45),
    "list": ("list", "text2", 1.45),
    "table": ("table", "text2", 1.45),
}
"""Icons that the style sheet needs as files: name, icon, token, stroke (thicker
where they are drawn small). They lie in ``assets/icons/controls``."""

# Shades of a token for one state of a control, light and dark.
_SHADES = {
    "disabled": ("#A2A5AC", "#666B75"),
    "hover": ("#F1F1EE", "#2B2F36"),
    "accent_hover": ("#3F45B5", "#A9ADFB"),
}


def stylesheet(tokens: Tokens) -> str:
    """Return the program's style sheet in the colours of `tokens`."""
    dark = tokens != LIGHT
    values = asdict(tokens)
    values.update({name: shades[dark] for name, shades in _SHADES.items()})
    for name in ("panel", "inset", "button", "control", "badge"):
        values[f"radius_{name}"] = getattr(design, f"RADIUS_{name.upper()}")
    folder = asset("icons", "controls")
    theme = "dark" if dark else "light"
    values.update({f"icon_{name}": (folder / f"{name}-{theme}.svg").as_posix() for name in CONTROL_ICONS})
    return _SHEET.substitute(values)
