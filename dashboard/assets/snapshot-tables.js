// The one-file page: tables with sort, search, pages and totals.
const table = view => {
  const asked = under(view.picks), names = view.metrics.map(asked.known)
  const answer = asked.ask(names, view.by)
  const rows = sorted(answer.rows, [[view.order, true], ...view.by.map(name => [name, false])])
  view.names = names
  view.rows = rows
  hold(view, view.by, names, rows)
  view.totals = asked.ask(names).rows[0]
  later.push(() => fillTable(view))
  if (!rows.length) return stand(view, "empty", NONE)
  if (!names.includes("roas")) return stand(view, "", `${counted(rows.length, view.called)} in view.`)
  const paid = rows.filter(row => row.roas !== null), costed = names.includes("contribution")
  const back = paid.filter(row => costed ? row.contribution >= 0 : row.roas >= 1).length
  stand(view, "", `${back} of ${counted(paid.length, view.called)} with spend gave the money back.`)
}
const lookedFor = view => {
  const sought = (state.sought[view.id] ?? "").trim().toLowerCase()
  const text = (row, name) => view.columns ? row[name] ?? "" : called(row, name)
  const found = sought ? view.rows.filter(row => view.by.some(name => text(row, name).toLowerCase().includes(sought))) : view.rows
  const [name, down] = state.sorts[view.id] ?? [view.order, true]
  const kept = view.names.includes(name) || view.by.includes(name) ? name : view.order
  const by = view.columns?.find(one => one.name === kept)?.by || kept // a range sorts by its lower end, not by its letters
  return state.sorts[view.id] ? sorted(found, [[by, down]]) : found
}
const opener = (name, now) => {
  const button = make("button", { type: "button", textContent: name })
  button.dataset.pick = name
  button.setAttribute("aria-pressed", String(now))
  return button
}
const fillTable = view => {
  const rows = lookedFor(view), box = view.box, size = view.printed ?? view.pageSize
  const pages = Math.max(1, Math.ceil(rows.length / size))
  const at = Math.min(state.at[view.id] ?? 0, pages - 1)
  state.at[view.id] = at
  box.querySelector(".cut").textContent = !view.printed || pages < 2 ? ""
    : `The ${plain(size)} rows from here are printed, of ${plain(rows.length)}. Narrow the page to print fewer.`
  const [ordered, down] = state.sorts[view.id] ?? [view.order, true]
  const head = (name, label, hint, kind) => {
    const button = make("button", { type: "button", title: hint, textContent: label })
    button.dataset.sort = name
    const cell = make("th", { scope: "col", className: kind }, button)
    if (name === ordered) cell.setAttribute("aria-sort", down ? "descending" : "ascending")
    return cell
  }
  const heads = view.columns ? view.columns.map(one => head(one.name, one.label, one.hint, one.kind)) : [
    ...view.by.map(name => head(name, answers.dimensions[name].label, "", "text")),
    ...view.names.map(name => head(name, metrics[name].label, metrics[name].definition, "number")),
  ]
  const chosen = view.picks.length ? narrowed(view.picks[0]) : []
  const lines = rows.slice(at * size, at * size + size).map(row => {
    const line = make("tr")
    if (view.columns) {
      const now = view.opens && row[view.opens] === state[view.opens]
      line.append(...view.columns.map((one, i) => make(i ? "td" : "th", { ...(i ? {} : { scope: "row" }), className: `${one.kind} of-${one.name}`, title: one.name === "reason" ? row.reason : "" },
        !i && view.opens ? opener(row[one.name], now) : cellSaid(one, row[one.name]))))
      return line
    }
    view.by.forEach((name, i) => {
      const ticked = name === view.picks[0] && chosen.includes(row[name])
      const cell = make(i ? "td" : "th", i ? {} : { scope: "row" })
      if (i || row[name] === null) cell.textContent = called(row, name)
      else {
        const button = make("button", { type: "button", textContent: (ticked ? "✓ " : "") + row[name] })
        button.dataset.pick = row[name]
        button.setAttribute("aria-pressed", String(ticked))
        cell.append(button)
      }
      line.append(cell)
    })
    for (const name of view.names) line.append(make("td", { className: "number", textContent: say(name, row[name]) }))
    return line
  })
  box.querySelector("thead").replaceChildren(make("tr", {}, ...heads))
  box.querySelector("tbody").replaceChildren(...lines)
  const from = rows.length ? at * size + 1 : 0
  box.querySelector(".pager span").textContent =
    `${plain(from)} to ${plain(Math.min(rows.length, at * size + size))} of ${counted(rows.length, "row")}`
  const [back, on] = box.querySelectorAll(".pager button")
  back.disabled = at === 0
  on.disabled = at >= pages - 1
  box.querySelector(".pager").hidden = rows.length <= size
  const totals = make("dl", { className: "totals" }, make("dt", { textContent: "In all" }))
  for (const one of view.columns ?? view.names.map(name => ({ name, ...metrics[name] }))) {
    if (!(one.name in view.totals)) continue
    totals.append(make("dd", {}, `${one.label} `, make("b", { textContent: said(view.totals[one.name], one.unit, one.digits, true) })))
  }
  const root = headOf(view)
  root.querySelector(".totals")?.remove()
  if (view.rows.length && totals.children.length > 1) root.append(totals)
  view.box.hidden = !view.rows.length && Boolean(view.columns)
}
const buildTable = view => {
  const search = make("input", { type: "search", placeholder: "Search", autocomplete: "off", "aria-label": `Search ${view.title.toLowerCase()}` })
  const turn = (words, by) => {
    const button = make("button", { type: "button", textContent: words })
    button.addEventListener("click", () => { state.at[view.id] = (state.at[view.id] ?? 0) + by; fillTable(view) })
    return button
  }
  view.box = make("div", { className: "rows" }, search,
    make("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": `${view.title}, as a table` },
      make("table", {}, make("caption", { className: "sr", textContent: view.title }), make("thead"), make("tbody"))),
    make("p", { className: "pager" }, turn("Back", -1), turn("Next", 1), make("span")), make("p", { className: "cut" }))
  document.querySelector(`[data-view="${view.id}"]`).append(view.box)
  search.addEventListener("input", () => { state.sought[view.id] = search.value; state.at[view.id] = 0; fillTable(view) })
  view.box.addEventListener("click", event => {
    const { sort, pick } = event.target.closest("button")?.dataset ?? {}
    if (sort) {
      const [name, down] = state.sorts[view.id] ?? [view.order, true]
      state.sorts[view.id] = [sort, name === sort ? !down : view.names.includes(sort)]
      state.at[view.id] = 0
      fillTable(view)
      view.box.querySelector(`[data-sort="${sort}"]`).focus()
    } else if (pick !== undefined && view.opens) {
      state[view.opens] = pick
      changedQuestion()
      view.box.querySelector("[aria-pressed=true]")?.focus()
    } else if (pick !== undefined) {
      const chosen = narrowed(view.picks[0])
      state.values[view.picks[0]] = chosen.includes(pick) ? chosen.filter(one => one !== pick) : [...chosen, pick]
      changedQuestion()
    }
  })
}
