"""Going back and forth between views."""

from __future__ import annotations

from gui.views.timeline.zoom_history import ZoomHistory


def test_back_and_forward() -> None:
    history: ZoomHistory[str] = ZoomHistory()
    assert history.back() is None
    for view in ("a", "b", "b", "c"):
        history.commit(view)
    assert (history.back(), history.back(), history.back()) == ("b", "a", None)
    assert (history.forward(), history.forward(), history.forward()) == ("b", "c", None)


def test_something_new_forgets_what_lies_ahead() -> None:
    history: ZoomHistory[str] = ZoomHistory()
    for view in ("a", "b", "c"):
        history.commit(view)
    history.back()
    history.back()
    history.commit("d")
    assert history.forward() is None
    assert history.back() == "a"
    history.clear()
    assert history.back() is None


def test_a_step_that_nobody_asked_for_is_none() -> None:
    history: ZoomHistory[str] = ZoomHistory()
    history.replace("a")
    history.replace("b")
    assert not history.can_go_back
    history.commit("c")
    history.replace("d")
    assert history.back() == "b"
    assert history.forward() == "d"


def test_it_does_not_grow_without_end() -> None:
    history: ZoomHistory[int] = ZoomHistory()
    for view in range(1000):
        history.commit(view)
    steps = 0
    while history.back() is not None:
        steps += 1
    assert steps == 199
