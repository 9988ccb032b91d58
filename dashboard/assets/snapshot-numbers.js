// The one-file page: a chart as a table, and the CSV of any card.
const hold = (view, keys, names, rows) => { view.numbers = { keys, names, rows } }
const NAMED = ["table", "personas"] // where what has no name is called so in the CSV, too
const MOST = 200 // rows of a chart's table; the CSV holds them all
const isTime = name => answers.dimensions[name].home === "time"
const named = (row, name) => !isTime(name) ? called(row, name) : name === "month" ? month(row[name]) : day(row[name])
// Columns of rows that are no answer to a question: what the file says of them.
const cellSaid = (column, value) => column.kind === "number" ? said(value, column.unit, column.digits)
  : column.kind === "date" ? day(value) : value ?? ""
const fillNumbers = view => {
  const { keys, names, rows } = view.numbers, all = [...keys, ...names]
  if (view.columns) return fillOver(view, view.columns.map(one => [one.label, one.kind, one.hint]), rows.slice(0, MOST)
    .map(row => view.columns.map(one => cellSaid(one, row[one.name]))), rows.length)
  const shown = view.kind === "scatter" ? sorted(rows, [["spend", true], ["influencer", false]]) : rows
  const kinds = all.map(name => names.includes(name) ? "number" : isTime(name) ? "date" : "text")
  const heads = all.map((name, i) => [(metrics[name] ?? answers.dimensions[name]).label, kinds[i], metrics[name]?.definition ?? ""])
  const cells = shown.slice(0, MOST).map(row => all.map(name => names.includes(name) ? say(name, row[name]) : named(row, name)))
  fillOver(view, heads, cells, rows.length)
}
const fillOver = (view, heads, cells, rows) => {
  const head = make("tr", {}, ...heads.map(([label, kind, hint]) =>
    make("th", { scope: "col", className: kind, title: hint, textContent: label })))
  const lines = cells.map(row => make("tr", {}, ...row.map((text, i) => make(i ? "td" : "th", {
    ...(i ? {} : { scope: "row" }), className: heads[i][1], textContent: text,
  }))))
  const more = rows > MOST
    ? [make("p", { textContent: `The first ${plain(MOST)} of ${counted(rows, "row")} are shown; the CSV holds them all.` })] : []
  view.over.replaceChildren(...more, make("table", {}, make("caption", { className: "sr", textContent: view.title }),
    make("thead", {}, head), make("tbody", {}, ...lines)))
}
const turn = (view, button) => {
  view.turned = !view.turned
  button.setAttribute("aria-pressed", String(view.turned))
  view.over ??= make("div", { className: "numbers", tabIndex: 0, role: "region", "aria-label": `${view.title}, as a table` })
  view.over.hidden = !view.turned
  if (view.turned) fillNumbers(view)
  document.querySelector(`[data-view="${view.id}"] > .figure`).append(view.over)
  view.figure.html_attributes = { ...view.figure.html_attributes, "aria-hidden": String(view.turned) }
}
// A cell as dashboard/tables.py writes it: six decimals, a tie to the even one; text that no spreadsheet runs.
const harmless = text => /^'* *[=+\-@\t\r\n\0]/.test(text) ? `'${text}` : text
const written6 = value => {
  const odd = value * 128
  if (Number.isInteger(odd) && odd % 2) {
    const below = Math.floor(value * 1e6)
    return String((below % 2 ? below + 1 : below) / 1e6)
  }
  return String(Number(value.toFixed(6)))
}
const cellOf = value => {
  const text = value === null || value === undefined ? "" : typeof value === "number" ? written6(value) : harmless(value)
  return /[,"\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
const csvOf = view => {
  const { keys, names, rows } = view.numbers
  const value = (row, name) => isTime(name) ? answers.iso(row[name]) : NAMED.includes(view.kind) ? called(row, name) : row[name]
  const lines = rows.map(row => [...keys.map(name => value(row, name)), ...names.map(name =>
    name === "date" && view.columns ? answers.iso(row[name]) : row[name])])
  const notes = [view.title, `${filtersSentence(view.picks)}.`, words.margins, words.stamp].filter(Boolean).map(note => [`# ${note}`])
  const line = cells => cells.map(cellOf).join(",") || '""'
  return `${[[...keys, ...names], ...lines].map(line).join("\n")}\n\n${notes.map(line).join("\n")}\n`
}
const save = view => {
  const url = URL.createObjectURL(new Blob(["\ufeff", csvOf(view)], { type: "text/csv;charset=utf-8" }))
  make("a", { href: url, download: `${view.name}${words.until ? `-${words.until}` : ""}.csv` }).click()
  setTimeout(() => URL.revokeObjectURL(url), 60000)
}
