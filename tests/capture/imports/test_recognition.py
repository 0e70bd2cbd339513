"""Generated files are recognised, or refused with a question; none is silently misread."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.capture.imports.checked_files import Outcome, check
from tests.capture.imports.generated_files import GeneratedFile, generated_files
from tests.examples import examples


def _mistakes(number: int, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Check so many files and print what came of them; returns the silent mistakes."""
    outcomes: list[tuple[GeneratedFile, Outcome]] = []

    @settings(
        max_examples=number,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(generated_files())
    def run(file: GeneratedFile) -> None:
        outcomes.append((file, check(file)))

    run()
    counts = Counter(outcome.result for _file, outcome in outcomes)
    at_once = sum(outcome.result == "right" and not outcome.asked for _file, outcome in outcomes)
    asked = Counter(key.split(":")[0] for _file, outcome in outcomes for key in outcome.asked)
    wrong = [
        f"{file.describe()}\n    {outcome.detail}" for file, outcome in outcomes if outcome.result == "wrong"
    ]
    readable = sum(file.readable for file, _outcome in outcomes)
    refused = sum(file.readable and outcome.result == "refused" for file, outcome in outcomes)
    with capsys.disabled():
        print(
            f"\n{len(outcomes)} generated files, {readable} of them readable: {counts['right']} right "
            f"({at_once} without a question), {counts['rejected']} with rows told as rejected, {refused} readable ones "
            f"refused, {counts['wrong']} silently misread; questions: {dict(asked.most_common())}"
        )
    assert counts["right"] >= 0.9 * readable
    return wrong


def test_generated_files_are_never_silently_misread(capsys: pytest.CaptureFixture[str]) -> None:
    mistakes = _mistakes(examples(200), capsys)
    assert mistakes == [], "\n".join(mistakes)


@pytest.mark.slow
def test_many_generated_files_are_never_silently_misread(capsys: pytest.CaptureFixture[str]) -> None:
    mistakes = _mistakes(2000, capsys)
    assert mistakes == [], "\n".join(mistakes)
