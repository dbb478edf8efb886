"""The list itself in the browser: a real table on a desk, two lines a row on a phone; rows tick, open, sort.

Streamlit's own table is a canvas: it cannot show a category's icon, sorts only the rows of its page, and is cut off on
a phone. Everything shown is set as text, so nothing from a file is ever read as HTML.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from pages.ui.theme import palette

_HTML = '<div class="list"><table><thead><tr></tr></thead><tbody></tbody></table></div>'
_CSS = """
.list { container-type: inline-size; font: 400 .9375rem/1.35 var(--st-font); color: var(--st-text-color); }
table { width: 100%; border-collapse: collapse; table-layout: fixed; font-variant-numeric: tabular-nums; }
th { text-align: left; font-weight: 500; font-size: .8125rem; padding: .375rem .5rem; white-space: nowrap;
  color: color-mix(in srgb, currentColor 65%, transparent); border-bottom: 1px solid var(--st-border-color); }
th button { all: unset; cursor: pointer; } th button:hover { color: var(--st-text-color); }
th button:focus-visible, .open:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px;
  border-radius: 4px; }
td { padding: .4375rem .5rem; border-bottom: 1px solid color-mix(in srgb, var(--st-border-color) 60%, transparent);
  vertical-align: middle; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
tbody tr { cursor: pointer; }
tbody tr:hover { background: color-mix(in srgb, var(--st-primary-color) 6%, transparent); }
tbody tr.on { background: color-mix(in srgb, var(--st-primary-color) 11%, transparent); }
.tick { width: 2.25rem; } .date { width: 6.75rem; } .category { width: 23%; } .account { width: 19%; }
.amount { width: 8.5rem; text-align: right; }
td.tick { text-overflow: clip; }
input { accent-color: var(--st-primary-color); width: 1.05rem; height: 1.05rem; margin: 0; vertical-align: middle;
  cursor: pointer; }
.open { all: unset; cursor: pointer; display: block; max-width: 100%; overflow: hidden; text-overflow: ellipsis;
  font-weight: 500; }
.more, .mini, td.date, td.account { color: color-mix(in srgb, var(--st-text-color) 62%, transparent); }
.more, .mini { font-size: .8125rem; overflow: hidden; text-overflow: ellipsis; }
.mini { display: none; }
.tag { display: inline-block; margin-right: .375rem; padding: 0 .4375rem; border-radius: 999px; font-size: .75rem;
  background: color-mix(in srgb, var(--st-primary-color) 12%, transparent); color: var(--st-text-color); }
.icon { font-family: "Material Symbols Rounded"; font-size: 1.125rem; line-height: 1; vertical-align: -.2rem;
  display: inline-block; width: 1.125rem; overflow: hidden; white-space: nowrap; direction: ltr;
  font-feature-settings: "liga"; text-transform: none; }
.face { display: inline-grid; place-items: center; width: 1.75rem; height: 1.75rem; margin-right: .5rem;
  border-radius: .5rem; vertical-align: middle; color: var(--tint);
  background: color-mix(in srgb, var(--tint) 14%, transparent); }
.mark { font-size: 1rem; width: 1rem; margin-left: .3125rem; opacity: .65; }
td.amount { font-weight: 550; } tr.in td.amount { color: var(--in); } tr.quiet td.amount { opacity: .62; }
tr.off td:not(.tick) { opacity: .5; } tr.off td.amount { text-decoration: line-through; }
.plain thead, .plain .tick { display: none; }
@container (max-width: 640px) {
  table, tbody { display: block; } thead, td.date, td.account, .more { display: none; }
  tbody tr { display: grid; grid-template-columns: 1.75rem 2.375rem minmax(0, 1fr) auto; align-items: center;
    border-bottom: 1px solid color-mix(in srgb, var(--st-border-color) 60%, transparent); }
  td { border: 0; padding: .5625rem 0; width: auto; }
  td.tick { grid-area: 1 / 1; } td.category { grid-area: 1 / 2; width: auto; }
  td.category .name { display: none; } td.payee { grid-area: 1 / 3; } td.amount { grid-area: 1 / 4; width: auto;
    padding-left: .5rem; }
  .face { margin: 0; } .mini { display: block; }
  .plain tbody tr { grid-template-columns: 0 2.375rem minmax(0, 1fr) auto; }
}
"""
_JS = """
const el = (tag, cls, text) => {
  const made = document.createElement(tag);
  if (cls) made.className = cls;
  if (text !== undefined) made.textContent = text;
  return made;
};
const icon = (name, cls, title) => {
  const made = el("span", "icon " + (cls || ""), name);
  made.setAttribute("translate", "no");
  if (title) { made.title = title; made.setAttribute("role", "img"); made.setAttribute("aria-label", title); }
  else made.setAttribute("aria-hidden", "true");
  return made;
};
export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const own = (parentElement.__own ||= { turn: null, on: new Set(), last: -1 });
  if (own.turn !== data.turn) { own.turn = data.turn; own.on = new Set(data.ticked); own.last = -1; }
  const list = parentElement.querySelector(".list");
  list.style.setProperty("--in", data.income);
  list.classList.toggle("plain", !!data.plain);
  const head = list.querySelector("thead tr"), body = list.querySelector("tbody");
  const boxes = [];
  const all = el("input");
  const paint = () => {
    boxes.forEach(([box, row]) => {
      box.checked = own.on.has(row.entry);
      box.closest("tr").classList.toggle("on", box.checked);
    });
    all.checked = boxes.length > 0 && boxes.every(([box]) => box.checked);
    all.indeterminate = !all.checked && boxes.some(([box]) => box.checked);
  };
  const tell = () => { paint(); setStateValue("ticked", { turn: own.turn, entries: [...own.on] }); };
  all.type = "checkbox";
  all.setAttribute("aria-label", data.words.all);
  all.onchange = () => {
    data.rows.forEach((row) => all.checked ? own.on.add(row.entry) : own.on.delete(row.entry));
    tell();
  };
  const corner = el("th", "tick");
  corner.append(all);
  head.replaceChildren(corner, ...data.columns.map((column) => {
    const cell = el("th", column.key), press = el("button", "", column.label);
    cell.scope = "col";
    if (column.sorted) {
      cell.setAttribute("aria-sort", column.sorted);
      press.append(icon(column.sorted === "descending" ? "arrow_downward" : "arrow_upward", "mark"));
    }
    press.onclick = () => setTriggerValue("sorted", column.key);
    cell.append(press);
    return cell;
  }));
  body.replaceChildren(...data.rows.map((row, at) => {
    const line = el("tr", row.tone + (row.off ? " off" : ""));
    const tick = el("td", "tick"), box = el("input");
    box.type = "checkbox";
    box.setAttribute("aria-label", data.words.tick.replace("{payee}", row.payee));
    boxes.push([box, row]);
    box.onclick = (event) => {
      const to = event.shiftKey && own.last >= 0 ? own.last : at;
      for (let n = Math.min(at, to); n <= Math.max(at, to); n++)
        box.checked ? own.on.add(data.rows[n].entry) : own.on.delete(data.rows[n].entry);
      own.last = at;
      tell();
    };
    tick.append(box);
    tick.onclick = (event) => { event.stopPropagation(); if (event.target === tick) box.click(); };
    const payee = el("td", "payee"), open = el("button", "open", row.payee);
    row.marks.forEach((mark) => open.append(icon(mark.icon, "mark", mark.title)));
    const more = el("div", "more");
    row.tags.forEach((tag) => more.append(el("span", "tag", tag)));
    more.append(row.more);
    payee.append(open, el("div", "mini", [row.category, row.day, row.note].filter(Boolean).join(" · ")));
    if (row.more || row.tags.length) payee.append(more);
    payee.title = [row.payee, row.more].filter(Boolean).join("\\n");
    const category = el("td", "category"), face = el("span", "face");
    face.style.setProperty("--tint", row.colour);
    face.append(icon(row.icon));
    category.append(face, el("span", "name", row.category));
    category.title = row.category;
    const account = el("td", "account", row.account);
    account.title = row.account;
    line.append(tick, el("td", "date", row.date), payee, category, account, el("td", "amount", row.amount));
    line.onclick = () => setTriggerValue("opened", row.entry);
    return line;
  }));
  paint();
}
"""
_list = st.components.v2.component("transactions", html=_HTML, css=_CSS, js=_JS)


def _nothing() -> None:
    """What happens at a click that this list does not answer."""


def row_list(
    data: Mapping[str, Any],
    *,
    key: str,
    on_opened: Callable[[], None],
    on_ticked: Callable[[], None] = _nothing,
    on_sorted: Callable[[], None] = _nothing,
) -> None:
    """Draw the rows; the callbacks find what happened in the widget's value: `ticked`, `opened`, `sorted`.

    data["plain"]: rows that only open, without headings and ticks, as another screen shows a few of them.
    """
    _list(
        key=key,
        data=dict(data),
        on_ticked_change=on_ticked,
        on_opened_change=on_opened,
        on_sorted_change=on_sorted,
    )


def plain_rows(rows: Sequence[Mapping[str, Any]], *, key: str, on_opened: Callable[[], None]) -> None:
    """Rows that only open, without headings and ticks."""
    data = {
        "rows": rows,
        "columns": [],
        "ticked": [],
        "turn": 0,
        "income": palette().income,
        "words": {"all": "", "tick": ""},
        "plain": True,
    }
    row_list(data, key=key, on_opened=on_opened)
