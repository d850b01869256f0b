"""Properties of tracing through classes, over programs that hypothesis makes and that are run."""

from __future__ import annotations

from class_programs import Classes, classes
from hypothesis import HealthCheck, assume, given, settings
from in_memory import look, values
from run_files import arriving

SAME_EACH_RUN = settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.filter_too_much],
)


@SAME_EACH_RUN
@given(classes())
def test_nothing_that_arrives_is_left_out(made: Classes) -> None:
    """Whatever the classes replace, share and call, each value is found or the doubt is listed."""
    text = made.text()
    try:
        got = arriving({"app.py": text})
    except (TypeError, AttributeError):
        assume(False)
    found = look(text)
    assert found.unresolved or set(got) <= set(values(found))


@SAME_EACH_RUN
@given(classes(most=3))
def test_nothing_else_is_found(made: Classes) -> None:
    """In two classes of one line, no value is a site that reaches no pool."""
    text = made.text()
    try:
        got = arriving({"app.py": text})
    except (TypeError, AttributeError):
        assume(False)
    assert set(values(look(text))) <= set(got)
