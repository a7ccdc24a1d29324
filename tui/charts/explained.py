"""The pages of the explain screen as pictures: region maps side by side, or charts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from textwrap import wrap
from typing import TYPE_CHECKING

from rich.text import Text

from hiss.reports.explanation_sentences import moment_sentences, sentences
from hiss.reports.explanation_words import capitalized
from hiss.tui.charts.explained_charts import charts_of, on_a_line
from hiss.tui.charts.explained_maps import GAP, LEAST_WIDTH, draw_live, draw_maps
from hiss.tui.charts.regions import Ground
from hiss.tui.charts.series import Chart, draw_chart, legend_lines
from hiss.tui.state.explaining import AT_THE_END, EARLIER, FRAMED, PAGES, Scene, short_names
from hiss.tui.style.themes import PictureStyle

if TYPE_CHECKING:
    from hiss.views.explanation import Explanation

LEAST_CHART = 34
"""Cells of a chart below which only one is drawn, or one below the other."""
LEAST_HEIGHT = 8
"""Lines of a chart below which none stands below it."""
TITLES = {
    "regions": "Share of repeats that call each class",
    "difference": "Where the arm calls class 1 more often than its baseline, or less",
    "paired": "Change of score against change of the Jacobian norm, a dot a repeat",
    "robustness": "Test score by noise on the test rows, in SDs of each feature",
    "calibration": "Share called rightly by confidence; the diagonal is perfect",
    "margins": "Margin of the test rows in logits, by quantile",
    "noise": "Variance of the signal over that of the noise, by epoch",
    "memorisation": "Train and test score with the noise off, by epoch",
    "weights": "Norm of each layer's weights by epoch: context, not a reason",
}
VIEW_OF = {"difference": "regions", "paired": "jacobian"}
"""Page → the view that it is about, where that has another name."""
OF_TASK = {
    ("regions", "regression"): "Mean prediction of the repeats, from the lowest to the highest",
    ("regions", "reconstruction"): "Regions",
    ("difference", "reconstruction"): "Regions",
    ("difference", "regression"): "Where the arm predicts more than its baseline, or less",
    ("difference", "multiclass"): "Where most repeats call another class than in the baseline",
    ("robustness", "reconstruction"): "Test error by noise on the test rows, in SDs of each value",
}
"""(Page, task) → its title, where that is not the usual one."""


def page_lines(
    scene: Scene, style: PictureStyle, ground: Ground, width: int, height: int
) -> list[Text]:
    """Draw the page of a scene as at most `height` lines of `width` cells."""
    found = scene.explanation
    head = _head(scene, width)
    if found is None or width < LEAST_WIDTH or height < 6:
        live = draw_live(scene, style, ground, width, height - len(head))
        words = [Text(line) for line in wrap(notice(scene) or "…", max(1, width))]
        return [*head, *(live or [Text(""), *words])][:height]
    said = _said(scene, found, width)
    reserved = min(len(said), max(2, height // 4))
    drawn = _draw(scene, found, style, ground, width, max(3, height - len(head) - reserved - 1))
    most = max(reserved, height - len(head) - len(drawn) - 1)
    if len(said) > most:
        said = [*said[: most - 1], "…"]
    return [*head, *drawn, *(Text(line) for line in said)][:height]


def notice(scene: Scene) -> str:
    """Return what is missing, and how it is made; else what is going on."""
    lacking = scene.lacking
    if lacking is None:
        return scene.progress
    arms, names = len(scene.asked.study.arms), len(lacking.names)
    of_some = f"{names} of its {arms} arms {'has' if names == 1 else 'have'}"
    subject = "This study has" if names == arms else of_some
    it = "it" if names == arms else "them"
    took = lacking.seconds
    again = "" if took is None else f" (the first time took {_time(took)})"
    kept = "with the study" if scene.asked.kept else "until hiss is closed"
    said = (
        f"{subject} no snapshots of the weights. Enter trains {it} once more to make them{again}; "
        f"scores stay as they are, and the snapshots are kept {kept}."
    )
    return " ".join((said, *lacking.cautions))


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def _head(scene: Scene, width: int) -> list[Text]:
    """Return the names of the pages, the title of the present one, and the moment that is seen.

    Where room is short, only the present page is named, and the moment stands beside it.
    """
    tabs, whole = _tabs(scene, width)
    title, moment = _title(scene), _moment(scene)
    line = " · ".join(filter(None, (title, moment)))
    if len(line) > width and not whole and tabs.cell_len + 3 + len(moment) <= width:
        tabs.append(f"   {moment}", "dim")
        line = title
    return [tabs, *(Text(each, style="dim") for each in wrap(line, max(1, width)))]


def _title(scene: Scene) -> str:
    page, found = scene.page, scene.explanation
    return TITLES[page] if found is None else OF_TASK.get((page, found.arms[0].task), TITLES[page])


def _moment(scene: Scene) -> str:
    """Return the moment that is seen, of how many; and what is going on meanwhile."""
    frame = scene.frame
    epochs = [one.epoch for one in frame.arms.values()] if frame else []
    at = f"epoch {max(epochs):,}" if epochs else "end of training"
    if scene.explanation is None:
        return ""
    if scene.page in AT_THE_END:
        return "end of training"
    if scene.progress and scene.progress != EARLIER:
        return scene.progress
    if frame is None and scene.page not in FRAMED:
        return ""
    more = " so far" if scene.progress else ""
    return f"{at}, {len(scene.frames) + 1} moments{more}" if scene.frames else at


def _tabs(scene: Scene, width: int) -> tuple[Text, bool]:
    """Return the names of the pages with their keys, or the present one, and whether it is all."""
    tabs = [(f"{number} {name}", name == scene.page) for number, name in enumerate(PAGES, 1)]
    whole = sum(len(text) + 2 for text, _ in tabs) <= width
    if not whole:
        tabs = [(f"{text}  ({len(PAGES)} pages)", True) for text, present in tabs if present]
    names = (Text(text, style="reverse" if here else "") for text, here in tabs)
    return Text("  ").join(names), whole


def _said(scene: Scene, found: Explanation, width: int) -> list[str]:
    """Return the lines of what the page's view says; of a moment, its numbers."""
    view, names = VIEW_OF.get(scene.page, scene.page), short_names(scene)
    if scene.frame is not None and scene.page in FRAMED:
        texts = list(moment_sentences(scene.frame, view, names, scene.shown))
    else:
        texts = [one.text for one in sentences(found, scene.shown) if one.view == view]
    if scene.lacking is not None:
        texts.insert(0, notice(scene))
    lines = [line for text in (*texts, *_reasons(found, view, names))
             for line in wrap(text, width, subsequent_indent="  ")]  # fmt: skip
    return lines


def _reasons(found: Explanation, view: str, names: dict[str, str]) -> Iterator[str]:
    """Yield why arms do not have a view, those with the same reason together."""
    by_reason: dict[str, list[str]] = {}
    for arm in found.arms:
        if view in arm.reasons:
            by_reason.setdefault(arm.reasons[view], []).append(names[arm.name])
    for reason, arms in by_reason.items():
        whole = len(arms) == len(found.arms)
        yield f"{capitalized(reason)}." if whole else f"{', '.join(arms)}: {reason}."


def _draw(
    scene: Scene,
    found: Explanation,
    style: PictureStyle,
    ground: Ground,
    width: int,
    height: int,
) -> list[Text]:
    if not found.paired and scene.page in ("paired", "difference"):
        said = Text("No arm has a baseline here.", style="dim")
        return [said, *_charts(charts_of(scene, found), style, width, height - 1)]
    if scene.page in ("regions", "difference") and not on_a_line(found):
        return draw_maps(scene, found, style, ground, width, height)
    return _charts(charts_of(scene, found), style, width, height)


def _charts(charts: Sequence[Chart], style: PictureStyle, width: int, height: int) -> list[Text]:
    """Draw as many charts as fit side by side and below one another, above one legend."""
    if not charts:
        return []
    series = [one for chart in charts for one in chart.series if one.name]
    legend = legend_lines(series, style, width)
    room = height - len(legend)
    if len(charts) == 1:
        return [*draw_chart(replace(charts[0], caption=""), style, width, room), *legend]
    beside = max(1, min(len(charts), (width + GAP) // (LEAST_CHART + GAP)))
    deep = max(1, min(-(-len(charts) // beside), room // LEAST_HEIGHT))
    across = (width + GAP) // beside - GAP
    lines: list[Text] = []
    for start in range(0, beside * deep, beside):
        part = charts[start : start + beside]
        drawn = [draw_chart(each, style, across, room // deep) for each in part]
        lines += [Text(" " * GAP).join(each) for each in zip(*drawn, strict=True)]
    return [*lines, *legend]
