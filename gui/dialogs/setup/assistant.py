"""The assistant that sets a bucket up: what, the plan, doing it, the platform's console, waiting for delivery."""

from __future__ import annotations

from enum import IntEnum
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from core.errors import OdographError, SignInNeeded
from core.storage.setup.plan import SetupPlan, SetupRequest, make_plan
from gui import theme
from gui.dialogs.setup.choice_page import ChoicePage
from gui.dialogs.setup.console_page import ConsolePage
from gui.dialogs.setup.plan_page import PlanPage
from gui.dialogs.setup.run_page import RunPage
from gui.dialogs.setup.waiting_page import WaitingPage
from gui.views.page_parts import push_button

if TYPE_CHECKING:
    from core.connections import Connection, S3Options
    from core.jobs import JobContext
    from gui.job_runner import Job, JobRunner

_SIZE = (760, 640)


class Page(IntEnum):
    """The pages in their order."""

    CHOICE = 0
    PLAN = 1
    RUN = 2
    CONSOLE = 3
    WAITING = 4


_TITLES = {
    Page.CHOICE: "Bucket",
    Page.PLAN: "Plan",
    Page.RUN: "Set up",
    Page.CONSOLE: "Platform",
    Page.WAITING: "Delivery",
}


def _plan(request: SetupRequest, options: S3Options, ctx: JobContext) -> SetupPlan:
    # Importing the AWS packages takes a quarter of a second, which the window must not wait for.
    from core.storage.sessions import open_session

    return make_plan(request, open_session(options, ctx), ctx)


class SetupAssistant(QDialog):
    """Goes through the pages. What is typed stays while the window does, also when the assistant is closed.

    Access keys alone are forgotten then.

    Signals:
        open_wanted(Connection): open this bucket.
        check_wanted(Connection): check this bucket.
        sign_in_wanted(str profile): a person wants to sign in, without which it cannot go on.

    Args:
        jobs: runs everything that takes time.
        connection: a bucket to begin with, or None.
    """

    open_wanted = Signal(object)
    check_wanted = Signal(object)
    sign_in_wanted = Signal(str)

    def __init__(self, jobs: JobRunner, parent: QWidget | None = None, connection: Connection | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Set up a bucket for delivery")
        self.setModal(False)
        self.resize(*_SIZE)
        self._jobs = jobs
        self._planning: Job | None = None
        self._plan_error: OdographError | None = None
        self.choice = ChoicePage(jobs, connection)
        self.plan = PlanPage()
        self.run = RunPage(jobs)
        self.console = ConsolePage()
        self.waiting = WaitingPage(jobs)
        self._pages = QStackedWidget()
        for page in (self.choice, self.plan, self.run, self.console, self.waiting):
            self._pages.addWidget(page)
        self._steps = [QLabel(f"{page + 1}  {_TITLES[page]}") for page in Page]
        self._build()
        self.choice.changed.connect(self._update)
        self.run.changed.connect(self._update)
        self.run.changed.connect(self._on_run_changed)
        self.waiting.changed.connect(self._update)
        theme.notifier.theme_changed.connect(self._update)
        self._go(Page.CHOICE)
        self.choice.name.setFocus()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(22)
        for label in self._steps:
            head.addWidget(label)
        head.addStretch(1)
        self.back = push_button("&Back", "Go to the page before")
        self.back.clicked.connect(self._on_back)
        self.next = push_button("&Next", "")
        self.next.setDefault(True)
        self.next.clicked.connect(self._on_next)
        self.sign_in = push_button("Sign &in…", "Sign in to the company’s single sign-on, then go on here")
        self.sign_in.clicked.connect(self._on_sign_in)
        self.check_button = push_button("Chec&k the bucket", "See whether delivery into it can work")
        self.check_button.clicked.connect(lambda: self.check_wanted.emit(self.choice.connection))
        self.open_button = push_button("&Open this bucket", "")
        self.open_button.clicked.connect(lambda: self.open_wanted.emit(self.choice.browsed))
        self.copy_policy = push_button("Copy the &policy", "For somebody who may put it into the bucket")
        self.copy_policy.clicked.connect(self._copy_policy)
        self.close_button = push_button("Close", "Close the assistant; what was typed stays, but for secret keys (Esc)")
        self.close_button.clicked.connect(self.reject)
        line = QHBoxLayout()
        line.setSpacing(8)
        for button in (self.check_button, self.open_button, self.copy_policy, self.sign_in):
            line.addWidget(button)
        line.addStretch(1)
        for button in (self.back, self.next, self.close_button):
            line.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(14)
        layout.addLayout(head)
        layout.addWidget(self._pages, 1)
        layout.addLayout(line)

    # Where it is

    @property
    def page(self) -> Page:
        """The page that is seen."""
        return Page(self._pages.currentIndex())

    @property
    def busy(self) -> bool:
        """Whether something of it is under way, other than waiting for delivery."""
        return self._planning is not None or self.run.running

    def begin_with(self, connection: Connection) -> None:
        """Begin with a bucket that is there; nothing of it is done while something else is under way."""
        if not self.busy:
            self.choice.fill(connection)
            self._go(Page.CHOICE)

    def _go(self, page: Page) -> None:
        self._pages.setCurrentIndex(page)
        self._update()

    @Slot()
    def _on_back(self) -> None:
        if self.page is Page.PLAN:
            self._stop_planning()
        # A plan that was carried out is out of date: a new one says what is left.
        if self.page is Page.RUN:
            self._make_plan()
        else:
            self._go(Page(self.page - 1))

    @Slot()
    def _on_next(self) -> None:
        if not self.next.isEnabled():
            return
        if self.page is Page.CHOICE:
            if self.choice.check():
                self._make_plan()
        elif self.page is Page.PLAN:
            self._carry_out()
        elif self.page is Page.RUN and self.run.running:
            self.run.stop()
        elif self.page is Page.RUN:
            self.console.show_steps(self.choice.bucket, self.choice.delivery)
            self._go(Page.CONSOLE)
        elif self.page is Page.CONSOLE:
            if not (self.waiting.running and self.waiting.bucket == self.choice.bucket):
                self.waiting.start(self.choice.connection)
            self._go(Page.WAITING)

    def _carry_out(self) -> None:
        plan = self.plan.plan
        if plan is None or plan.blocked:
            return
        if plan.to_do:
            self.run.start(plan, self.choice.connection.options)
        else:
            self.run.show_nothing_to_do(plan)
        self._go(Page.RUN)

    @Slot()
    def _on_run_changed(self) -> None:
        # A button that is disabled hands the focus on, to Close at last.
        if self.page is Page.RUN and not self.run.running:
            (self.next if self.run.done else self.back).setFocus()

    @Slot()
    def _copy_policy(self) -> None:
        QGuiApplication.clipboard().setText(self.run.refused_policy)

    # The plan

    def _make_plan(self) -> None:
        self._stop_planning()
        self._plan_error = None
        self.plan.show_making(self.choice.bucket)
        work = partial(_plan, self.choice.request, self.choice.connection.options)
        job = self._jobs.submit(f"Planning the bucket {self.choice.bucket}", work)
        job.succeeded.connect(self._on_plan)
        job.failed.connect(self._on_no_plan)
        job.cancelled.connect(self._on_planning_stopped)
        self._planning = job
        self._go(Page.PLAN)

    def _stop_planning(self) -> None:
        job, self._planning = self._planning, None
        if job is not None:
            job.cancel()

    @Slot(object)
    def _on_plan(self, plan: SetupPlan) -> None:
        if self.sender() is self._planning:
            self._planning = None
            self.plan.show_plan(plan)
            self._update()

    @Slot(object)
    def _on_no_plan(self, error: OdographError) -> None:
        if self.sender() is self._planning:
            self._planning, self._plan_error = None, error
            self.plan.show_error(error)
            self._update()

    @Slot()
    def _on_planning_stopped(self) -> None:
        if self.sender() is self._planning:  # cancelled in the list of jobs
            self._planning = None
            self.plan.show_stopped()
            self._update()

    # Signing in

    @property
    def _profile(self) -> str | None:
        """The profile to sign in with, where that hinders the page that is seen; else None."""
        if self.page is Page.PLAN and isinstance(self._plan_error, SignInNeeded):
            return self._plan_error.profile
        return {Page.RUN: self.run.profile, Page.WAITING: self.waiting.profile}.get(self.page)

    @Slot()
    def _on_sign_in(self) -> None:
        if self._profile is not None:
            self.sign_in_wanted.emit(self._profile)

    @Slot()
    def go_on(self) -> None:
        """Try again what could not be done for want of credentials."""
        if self._profile is None:
            return
        if self.page is Page.WAITING:
            self.waiting.start(self.choice.connection)
        else:
            self._make_plan()

    # Showing

    @Slot()
    def _update(self) -> None:
        page = self.page
        text, why = self._next_text(page)
        self.next.setVisible(page is not Page.WAITING)
        self.next.setText(text)
        self.next.setEnabled(not why)
        self.next.setToolTip(why)
        self.back.setEnabled(page is not Page.CHOICE and not self.run.running)
        self.back.setText("&Back to the plan" if page is Page.RUN and not self.run.done else "&Back")
        known = page >= Page.CONSOLE or (page is Page.RUN and self.run.done)
        for button in (self.check_button, self.open_button):
            button.setVisible(known)
        asked = ". Access keys that were typed here are not used for that" if self.choice.has_typed_keys else ""
        self.open_button.setToolTip(f"Browse what it holds{asked}")
        self.sign_in.setVisible(self._profile is not None)
        self.copy_policy.setVisible(page is Page.RUN and bool(self.run.refused_policy))
        # Its letter stands in a button of other pages.
        self.close_button.setText("&Close" if page is Page.CHOICE else "C&lose")
        colors = theme.colors()
        for number, label in enumerate(self._steps):
            here = number == page
            color = colors.accent if here else colors.muted
            edge = colors.accent if here else "transparent"
            label.setFont(theme.scaled_font(1.1 if here else 1, bold=here))
            label.setStyleSheet(f"color: {color}; border-bottom: 2px solid {edge}; padding: 2px 0 4px 0;")
            label.setAccessibleName(f"Step {number + 1} of {len(self._steps)}: {_TITLES[Page(number)]}")

    def _next_text(self, page: Page) -> tuple[str, str]:
        """What the main button says, and why it cannot be pressed; empty where it can."""
        if page is Page.CHOICE:
            return "&Next: the plan", self.choice.problem
        if page is Page.PLAN:
            if self.plan.plan is None:
                return "&Next", "The plan is being made." if self._planning is not None else "There is no plan."
            if self.plan.plan.blocked:
                return "&Next", "A step cannot be done; see above why."
            return self.plan.button_text or "&Next: nothing to do", ""
        if page is Page.RUN:
            if self.run.running:
                return "&Stop", ""
            return "&Next: the platform’s console", "" if self.run.done else "Not everything is done yet."
        return "&Next: wait for delivery", ""

    def done(self, result: int) -> None:
        self._stop_planning()
        self.run.stop()
        self.waiting.stop()
        if self.choice.has_typed_keys:
            # Nothing else can be done before they are typed again.
            self._go(Page.CHOICE)
        self.choice.forget_keys()
        if self.page is Page.PLAN and self.plan.plan is None:
            self._go(Page.CHOICE)
        super().done(result)
