"""The colours and sizes of the interface, light and dark."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Tokens:
    """Every colour of the interface as ``#RRGGBB``. Views name a token, never a colour."""

    app: str  # window background between panels
    panel: str  # panels, bars, rail
    panel2: str  # status bar, inset boxes, empty cells
    ctl: str  # button, combo and field fill
    line: str  # panel border
    line2: str  # image frame, axis
    ctlline: str  # control border
    grid: str  # chart grid, bar troughs
    hatch: str  # padding hatch lines
    text: str
    text2: str  # secondary
    text3: str  # faint
    accent: str  # primary button, selection, current run
    accent_text: str  # text on accent
    accent_soft: str  # selected row, focused channel
    accent_ink: str  # text on accent_soft
    run_a: str  # compared runs
    run_b: str
    run_c: str
    run_d: str
    run_e: str
    ok: str
    warn: str  # wrong label, dead unit, never visited
    tooltip: str
    tooltip_text: str
    window: str  # what is being read
    window_text: str
    window_soft: str
    kernel: str  # weights and their gradients
    kernel_text: str
    kernel_soft: str
    output: str  # the cell being written
    output_text: str
    output_soft: str


LIGHT = Tokens(
    app="#F3F3F0",
    panel="#FFFFFF",
    panel2="#FAFAF8",
    ctl="#FFFFFF",
    line="#E2E2DD",
    line2="#CFCFC9",
    ctlline="#D3D3CD",
    grid="#EBEBE7",
    hatch="#C9C9C3",
    text="#1B1D22",
    text2="#565B65",
    text3="#6B707A",
    accent="#4A50C8",
    accent_text="#FFFFFF",
    accent_soft="#ECECFB",
    accent_ink="#3F45B5",
    run_a="#C2701C",
    run_b="#7D8898",
    run_c="#0B4024",
    run_d="#8A3F70",
    run_e="#1E0D08",
    ok="#2E7D4F",
    warn="#B4532A",
    tooltip="#1F2228",
    tooltip_text="#F4F4F2",
    window="#0B9A78",
    window_text="#007A5E",
    window_soft="#DBF2EA",
    kernel="#9C1FA3",
    kernel_text="#9C1FA3",
    kernel_soft="#F5E3F6",
    output="#DFA100",
    output_text="#8A6100",
    output_soft="#FBF0D2",
)

DARK = Tokens(
    app="#15171B",
    panel="#1D2025",
    panel2="#22252B",
    ctl="#272B31",
    line="#2D3138",
    line2="#3B4049",
    ctlline="#3A3F48",
    grid="#2A2D34",
    hatch="#474C55",
    text="#E9EAED",
    text2="#AEB3BD",
    text3="#8C929D",
    accent="#8C91F7",
    accent_text="#14151C",
    accent_soft="#2A2C47",
    accent_ink="#A9ADFB",
    run_a="#E39A4F",
    run_b="#97A1B1",
    run_c="#36E0DC",
    run_d="#CC2F52",
    run_e="#F5E28A",
    ok="#62B985",
    warn="#E8935F",
    tooltip="#30343C",
    tooltip_text="#F0F1F3",
    window="#3BD9A4",
    window_text="#3BD9A4",
    window_soft="#16382E",
    kernel="#D56BE0",
    kernel_text="#E18BEA",
    kernel_soft="#3C2141",
    output="#F2BE3A",
    output_text="#F2C655",
    output_soft="#3D331A",
)

LETTER_SPACING = 99.0
"""Letter spacing in percent of each character's width: −0.6 % of the type size, for the average character."""

RADIUS_PANEL = 8
RADIUS_INSET = 7
RADIUS_BUTTON = 6
RADIUS_CONTROL = 5
RADIUS_BADGE = 4
