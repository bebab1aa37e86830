"""Starts the window: application, settings, theme, session, and what to open first."""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import signal
import sys
import threading
import traceback
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QCoreApplication,
    QMessageLogContext,
    QObject,
    QTimer,
    QtMsgType,
    Signal,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication

import core
from core import logs, settings
from core.cli.connecting import resolve
from core.errors import OdographError, UsageError
from gui import theme
from gui.job_runner import JobRunner
from gui.main_window.window import MainWindow
from gui.messages import MessageCenter
from gui.screenshot import Screenshot
from gui.session.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from core.cli.options import WindowOptions

_log = logging.getLogger("odograph.window")

_qt_log = logging.getLogger("odograph.qt")
_QT_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.INFO,
    QtMsgType.QtCriticalMsg: logging.WARNING,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}

# Python answers signals such as Ctrl+C only between two of its own instructions, so Qt's loop must come back to it.
_SIGNAL_POLL_MS = 200


class _Faults(QObject):
    """Brings faults of any thread to the window. A fault never ends the program.

    Signals:
        occurred: an OdographError that says so and carries the traceback.
    """

    occurred = Signal(object)

    def hook(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QCoreApplication.quit()
            return
        _log.error("A fault in Odograph", exc_info=(kind, error, trace))
        self.occurred.emit(
            OdographError(
                "A fault in Odograph; what you were doing may not have been done",
                hint="Copy the details and report them to the people who make Odograph",
                detail=logs.redact("".join(traceback.format_exception(kind, error, trace)).strip()),
            )
        )


def run_window(options: WindowOptions) -> int:
    """Open the window and run until it is closed.

    Args:
        options: what to open and, for a picture of the window, where to save it.

    Returns:
        The process's exit code: 0, or 1 where a picture was asked for and could not be made.
    """
    application = _make_application()
    end_logging = logs.set_up(verbose=options.verbose)
    # What Qt has to say belongs into the log, not between the lines of a terminal.
    qInstallMessageHandler(_log_qt)
    remembered = settings.load()
    theme.apply_theme(application, options.theme or remembered.theme)
    jobs = JobRunner(application)
    messages = MessageCenter(application)
    session = Session(jobs, application)
    window = MainWindow(session, jobs, messages, remembered, keep_state=options.screenshot is None)
    exit_code = 0
    with _fault_hooks() as faults, _interruptible():
        faults.occurred.connect(messages.show_error)
        if options.size is not None:
            window.take_size(*options.size)
        window.show()
        if options.vins or options.properties:
            window.show_series_when_loaded(options.vins, options.properties)
        problem = _open_first(window, remembered, messages, options)
        if options.screenshot is not None:
            screenshot = Screenshot(window, session, options.screenshot)

            def finish(error: OdographError | None) -> None:
                nonlocal exit_code
                if error is not None:
                    exit_code = 1
                    sys.stderr.write(f"odograph: {error}\n")
                window.close()

            screenshot.done.connect(finish)
            if problem is None:
                screenshot.start()
            else:
                QTimer.singleShot(0, window, lambda: finish(problem))
        application.exec()
        jobs.shutdown()
    qInstallMessageHandler(None)
    end_logging()
    return exit_code


def _log_qt(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    _qt_log.log(_QT_LEVELS[kind], "%s", text)


def _make_application() -> QApplication:
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    # No display name: Qt would put it behind the title of every dialog, with another dash than ours.
    application.setApplicationName("odograph")
    application.setApplicationVersion(core.__version__)
    application.setOrganizationName("odograph")
    application.setDesktopFileName("odograph")
    application.setWindowIcon(theme.application_icon())
    return application


def _open_first(
    window: MainWindow, remembered: settings.Settings, messages: MessageCenter, options: WindowOptions
) -> OdographError | None:
    problem = None
    named = bool(options.source or options.connection)
    if options.workspace:
        problem = window.workspaces.open_named(options.workspace, here=options.demo or named)
    if options.demo:
        window.open_demo()
    elif named:
        try:
            window.open_source(resolve(options.source, options.connection, options.s3, remembered.connections))
        except UsageError as error:
            messages.show_error(error)
            problem = problem or error
    elif not options.workspace and remembered.restore_last_source and remembered.last_source is not None:
        window.open_source(remembered.last_source)
    return problem


@contextlib.contextmanager
def _fault_hooks() -> Iterator[_Faults]:
    faults = _Faults()
    before, threads_before = sys.excepthook, threading.excepthook

    def thread_hook(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            faults.hook(args.exc_type, args.exc_value, args.exc_traceback)

    sys.excepthook, threading.excepthook = faults.hook, thread_hook
    if sys.stderr is not None and not faulthandler.is_enabled():
        with contextlib.suppress(OSError, ValueError):
            faulthandler.enable()
    try:
        yield faults
    finally:
        sys.excepthook, threading.excepthook = before, threads_before


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, lambda *_args: QCoreApplication.quit())
    timer = QTimer()
    timer.timeout.connect(lambda: None)
    timer.start(_SIGNAL_POLL_MS)
    try:
        yield
    finally:
        timer.stop()
        signal.signal(signal.SIGINT, before)
