"""Style sheet rules for lists, tables, menus and dialogs. See `explorer.stylesheet`."""

LISTS = """
QAbstractScrollArea { background: $panel; border: none; }
QScrollArea, QScrollArea > QWidget > QWidget#scrollContent { background: transparent; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QScrollBar { background: transparent; border: none; margin: 0; }
QScrollBar:vertical { width: 9px; }
QScrollBar:horizontal { height: 9px; }
QScrollBar::handle { background: $line2; border-radius: 3px; margin: 1px 2px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; margin: 2px 1px; }
QScrollBar::handle:hover, QScrollBar::handle:pressed { background: $text3; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; border: none; background: none; }
QScrollBar::add-page, QScrollBar::sub-page { background: none; }
QTableView, QListView, QTreeView {
  background: $panel; alternate-background-color: $panel2; gridline-color: $line; border: none;
  font-size: 12px;
  selection-background-color: $accent_soft; selection-color: $accent_ink;
}
QDialog QTableView, QDialog QListView, QDialog QTreeView {
  border: 1px solid $line; border-radius: ${radius_button}px;
}
QTableView::item, QListView::item, QTreeView::item { padding: 3px 6px; border: none; }
QTableView::item:hover, QListView::item:hover, QTreeView::item:hover { background: $hover; }
QTableView::item:selected, QListView::item:selected, QTreeView::item:selected {
  background: $accent_soft; color: $accent_ink;
}
QTableView:focus, QListView:focus, QTreeView:focus {
  border: 1px solid $accent; border-radius: ${radius_button}px;
}
QTableView[role="runs"]::item { padding: 0 5px; border: none; border-bottom: 1px solid $line; }
QTableView[role="runs"] QHeaderView::section { padding: 0 8px 0 4px; }
QTableView[role="runs"] QHeaderView::up-arrow, QTableView[role="runs"] QHeaderView::down-arrow {
  image: none; width: 0; height: 0;
}
QPlainTextEdit[role="notes"] {
  background: $ctl; border: 1px solid $ctlline; border-radius: ${radius_button}px; padding: 2px;
}
QPlainTextEdit[role="notes"]:focus { border-color: $accent; }
QHeaderView { background: $panel; border: none; }
QHeaderView::section {
  background: $panel; color: $text2; border: none; border-bottom: 1px solid $line; padding: 3px 6px;
  font-size: 11px; font-weight: 400;
}
QTableCornerButton::section { background: $panel; border: none; }
QSplitter::handle { background: $line; }
QTabWidget::pane { border: 1px solid $line; border-radius: ${radius_button}px; }
QTabBar::tab {
  background: transparent; color: $text2; padding: 5px 12px; border-bottom: 2px solid transparent;
}
QTabBar::tab:selected { color: $accent_ink; border-bottom-color: $accent; }
QGroupBox {
  border: 1px solid $line; border-radius: ${radius_button}px; margin-top: 9px; padding-top: 6px;
  font-weight: 600;
}
QGroupBox::title { subcontrol-origin: margin; left: 9px; padding: 0 4px; }
"""

POPUPS = """
QToolTip {
  background: $tooltip; color: $tooltip_text; border: 1px solid $tooltip; padding: 4px 7px; font-size: 11px;
}
QMenu { background: $panel; border: 1px solid $ctlline; padding: 4px; font-size: 12px; }
QMenu::item { padding: 5px 22px 5px 12px; border-radius: ${radius_badge}px; background: transparent; }
QMenu::item:selected { background: $accent_soft; color: $accent_ink; }
QMenu::item:disabled { color: $disabled; }
QMenu::separator { height: 1px; background: $line; margin: 4px 6px; }
QMenu::icon { padding-left: 6px; }
QMenu::indicator { width: 13px; height: 13px; left: 5px; }
QMenu::indicator:checked { image: url($icon_tick); }
QToolButton {
  background: transparent; border: 1px solid transparent; border-radius: ${radius_control}px; padding: 3px;
}
QToolButton:hover { background: $hover; }
QToolButton:pressed, QToolButton:checked { background: $accent_soft; }
QToolButton:focus { border-color: $accent; }
QMessageBox QLabel { font-size: 12px; }
QMessageBox QLabel#qt_msgbox_label { font-size: 13px; font-weight: 600; }
QMessageBox {
  messagebox-warning-icon: url($icon_warning); messagebox-critical-icon: url($icon_error);
  messagebox-information-icon: url($icon_info); messagebox-question-icon: url($icon_question);
}
QFileDialog {
  backward-icon: url($icon_back); forward-icon: url($icon_forward); leftarrow-icon: url($icon_back);
  rightarrow-icon: url($icon_forward); filedialog-parent-directory-icon: url($icon_parent);
  filedialog-new-directory-icon: url($icon_new_folder); filedialog-listview-icon: url($icon_list);
  filedialog-detailedview-icon: url($icon_table);
}
QDialogButtonBox QPushButton { min-width: 64px; min-height: 26px; }
QMessageBox QPushButton { min-width: 92px; }
QDialogButtonBox QPushButton:default { background: $accent; color: $accent_text; border-color: $accent; }
QDialogButtonBox QPushButton:default:hover { background: $accent_hover; border-color: $accent_hover; }
QDialogButtonBox QPushButton:default:focus { border: 2px solid $text; min-height: 24px; }
"""
