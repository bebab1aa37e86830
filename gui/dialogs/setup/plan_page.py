"""The page that shows what would be done to a bucket, with the exact requests, before anything is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QToolButton, QVBoxLayout, QWidget

from core.storage.setup.plan import StepKind, StepState
from gui import theme
from gui.dialogs.setup.plan_text import PlanText
from gui.models.texts import plural, visible_text
from gui.views.page_parts import Banner, lines_text, text_label

if TYPE_CHECKING:
    from core.errors import OdographError
    from core.storage.setup.plan import PlanStep, SetupPlan

_ICON = 18
# The icon, the colour and the words of each state.
_LOOKS = {
    StepState.NEEDED: ("step-waiting", "info", "to do"),
    StepState.DONE: ("ok", "ok", "done already"),
    StepState.UNKNOWN: ("step-waiting", "warning", "to do, as it cannot be read whether it is so"),
    StepState.LEFT_OUT: ("step-skipped", "warning", "left out, as it cannot be read whether it is so"),
    StepState.NOT_OFFERED: ("step-skipped", "muted", "left out"),
    StepState.BLOCKED: ("error", "error", "cannot be done"),
}


class StepCard(QFrame):
    """One step of a plan: how it stands, why, and on demand the request.

    Attributes:
        expander: shows and hides the request.
        texts: the texts of the request, for those who look for them.
    """

    def __init__(self, step: PlanStep, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.step = step
        self.setObjectName("stepCard")
        self._icon = QLabel()
        icon, color, words = _LOOKS[step.state]
        self._look = (icon, color)
        self._state = text_label(words)
        title = QLabel(step.title)
        title.setTextFormat(Qt.TextFormat.PlainText)
        title.setFont(theme.scaled_font(1, bold=True))
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(title)
        head.addWidget(self._state, 1)
        body = QVBoxLayout()
        body.setContentsMargins(_ICON + 10, 0, 0, 0)
        body.setSpacing(4)
        for text in (step.reason, *step.notes):
            if text:
                body.addWidget(text_label(lines_text(text), selectable=True))
        self.expander = QToolButton()
        self.expander.setText("The policy’s change" if step.diff else "The request")
        self.expander.setCheckable(True)
        self.expander.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.expander.setAccessibleName(f"{self.expander.text()}: {step.title}")
        self.expander.setStyleSheet("QToolButton:checked { background: transparent; }")
        self.expander.toggled.connect(self._fold)
        copy = QToolButton()
        copy.setIcon(theme.icon("copy"))
        copy.setToolTip("Copy the request as JSON")
        copy.setAccessibleName(f"Copy the request: {step.title}")
        copy.clicked.connect(self._copy)
        line = QHBoxLayout()
        line.addWidget(self.expander)
        line.addWidget(copy)
        line.addStretch(1)
        body.addLayout(line)
        self.texts: list[PlanText] = []
        self._request = QWidget()
        inside = QVBoxLayout(self._request)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(4)
        needs = f"{step.operation}, which needs the permission {step.permission}"
        inside.addWidget(text_label(visible_text(needs), role="muted", selectable=True))
        if step.diff:
            self.texts.append(PlanText(step.diff, "What changes in the policy", diff=True))
            inside.addWidget(self.texts[-1])
            inside.addWidget(text_label("The whole request:", role="muted"))
        self.texts.append(PlanText(step.request_text, f"The request: {step.title}", diff=False))
        inside.addWidget(self.texts[-1])
        body.addWidget(self._request)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addLayout(body)
        theme.notifier.theme_changed.connect(self._paint)
        self.expander.setChecked(step.to_do and step.kind is StepKind.POLICY)
        self._fold(self.expander.isChecked())
        self._paint()

    @Slot(bool)
    def _fold(self, shown: bool) -> None:
        self._request.setVisible(shown)
        self.expander.setIcon(theme.icon("collapse" if shown else "expand"))

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.step.request_text)

    @Slot()
    def _paint(self) -> None:
        colors = theme.colors()
        icon, color = self._look
        self._icon.setPixmap(theme.icon(icon, color).pixmap(QSize(_ICON, _ICON)))
        self._state.setStyleSheet(f"color: {getattr(colors, color)};")
        self.setStyleSheet(
            f"#stepCard {{ background: {colors.surface}; border: 1px solid {colors.border}; border-radius: 4px; }}"
        )


class PlanPage(QWidget):
    """Shows a plan, or why there is none.

    Attributes:
        plan: what is shown, or None.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plan: SetupPlan | None = None
        self.banner = Banner()
        self.cards: list[StepCard] = []
        self._inside = QWidget()
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(0, 0, 6, 0)
        self._column.setSpacing(8)
        self._column.addStretch(1)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self._inside)
        area.viewport().setAutoFillBackground(False)
        self._inside.setAutoFillBackground(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(self.banner)
        layout.addWidget(area, 1)

    @property
    def button_text(self) -> str:
        """What carrying the plan out is called; empty where there is nothing to carry out."""
        kinds = {step.kind for step in self.plan.to_do} if self.plan is not None and not self.plan.blocked else set()
        if not kinds:
            return ""
        if StepKind.CREATE in kinds:
            return "&Create the bucket and allow delivery"
        return "Change the bucket and &allow delivery" if StepKind.POLICY in kinds else "&Change the bucket"

    def show_making(self, bucket: str) -> None:
        """Say that the plan is being made."""
        self._clear()
        self.banner.say("info", f"Looking at what is there of {bucket}…", "Nothing is changed by that.")

    def show_error(self, error: OdographError) -> None:
        """Say why there is no plan."""
        self._clear()
        self.banner.say_error(error)

    def show_stopped(self) -> None:
        """Say that making the plan was stopped."""
        self._clear()
        self.banner.say("info", "The plan was not made, as that was stopped", "Go back and on again to make it.")

    def show_plan(self, plan: SetupPlan) -> None:
        """Show a plan."""
        self._clear()
        self.plan = plan
        name = plan.request.bucket
        if plan.blocked:
            self.banner.say(
                "error",
                f"The bucket {name} cannot be set up as it is",
                f"{plan.blocked[0].reason}\nNothing has been done.",
            )
        elif not plan.to_do:
            self.banner.say(
                "ok", f"The bucket {name} is set up for {plan.request.delivery.words}", "There is nothing to do."
            )
        else:
            steps = plural(len(plan.to_do), "step is", "steps are")
            self.banner.say(
                "info",
                f"{steps} to be done to the bucket {name} in {plan.region}",
                f"For delivery by {plan.request.who}.\nNothing has been done so far.",
            )
        for place, step in enumerate(plan.steps):
            card = StepCard(step)
            self.cards.append(card)
            self._column.insertWidget(place, card)

    def _clear(self) -> None:
        self.plan = None
        for card in self.cards:
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.cards = []
