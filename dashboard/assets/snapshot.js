// The one-file page: filters, key figures, charts and tables that follow them, all answered in the page by evaluator.js.
// Each part is the twin of a view in dashboard/views, which drew its figure; a test holds them together.
// All text from data is set with textContent.
(() => {
  "use strict"
  const NBSP = "\u00a0", NONE = "No rows under these filters. Clear a filter to see more."
  const PRINTED = 500 // rows of a table
  const FILES_ONLY = "Changes against earlier days are in the live dashboard."
  let words, answers, metrics, doc, estimates
  const state = { values: {}, first: null, last: null, step: "auto", top: "", page: "", campaign: "", sorts: {}, sought: {}, at: {} }

  const make = (tag, properties = {}, ...children) => {
    const element = document.createElement(tag)
    for (const [name, value] of Object.entries(properties)) {
      if (name in element) element[name] = value
      else element.setAttribute(name, value)
    }
    element.append(...children)
    return element
  }

  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b)

  // ---------------------------------------------------------------- what is asked
  const where = () => ({ ...state.values, first: state.first, last: state.last })
  let views = new Map()
  // The ledger under the question, some dimensions open again; made once for each question.
  const under = (names = []) => {
    const opened = answers.without(where(), names), key = JSON.stringify(opened)
    if (!views.has(key)) views.set(key, answers.view(opened))
    return views.get(key)
  }
  const narrowed = name => state.values[name] ?? []
  const say = (name, value, compact = false) => said(value, metrics[name].unit, metrics[name].digits, compact)
  const missing = name => answers.dimensions[name].missing
  const called = (row, name) => row[name] ?? missing(name)
  const isRatio = name => metrics[name].ratio
  const rupeesOf = (rows, name) => rows.reduce((sum, row) => sum + Math.round((row[name] ?? 0) * 100), 0) / 100

  // Rows by columns as Polars sorts them: numbers or names by their place, nothing last.
  const before = (a, b) => { // by code points, which is by bytes; JavaScript's own order is another
    const [x, y] = [[...a], [...b]]
    for (let i = 0; i < Math.min(x.length, y.length); i++) if (x[i] !== y[i]) return x[i].codePointAt(0) < y[i].codePointAt(0)
    return x.length < y.length
  }
  const sorted = (rows, keys) => [...rows].sort((a, b) => {
    for (const [name, down] of keys) {
      const x = a[name], y = b[name]
      if (x === y) continue
      if (x === null) return 1
      if (y === null) return -1
      return (typeof x === "string" ? before(x, y) : x < y) === down ? 1 : -1
    }
    return 0
  })

  const spanOf = () => {
    const { lo, hi } = words.span
    return lo ? [answers.dayOf(state.first ?? lo), answers.dayOf(state.last ?? hi)] : null
  }
  const stepNow = () => {
    if (state.step !== "auto") return state.step
    const span = spanOf()
    if (!span) return words.steps[0]
    const days = span[1] - span[0] + 1
    const fits = days <= 45 ? "day" : days <= 550 ? "week" : "month"
    return words.steps.includes(fits) ? fits : words.steps[0]
  }

  // ---------------------------------------------------------------- a card: its sentence, or why there is none
  const headOf = view => document.querySelector(`[data-view="${view.id}"] > .pane`).shadowRoot
  const stand = (view, kind, sentence) => {
    view.said = { kind, sentence }
    later.push(() => tell(view))
  }
  // Words are written once all figures are patched: a figure asks for its styles, which must be found anew after every
  // change of the page.
  let later = []
  const tell = view => {
    const { kind, sentence } = view.said, root = headOf(view)
    root.querySelector(".state")?.remove()
    root.querySelector(".say").textContent = kind ? NBSP : sentence
    if (kind) {
      const box = make("div", { className: `state ${kind}` }, make("p", { textContent: sentence }))
      root.append(box)
    }
    if (view.figure) {
      const aria = kind ? sentence : `${view.title}. ${sentence}`
      if (view.figure.html_attributes["aria-label"] !== aria) {
        view.figure.html_attributes = { ...view.figure.html_attributes, "aria-label": aria }
      }
    }
  }

  // ---------------------------------------------------------------- charts
  const SHADES = { // columns of a chart that are words, not numbers
    name: 1, full: 1, label: 1, value: 1, evens: 1, influencer: 1, tier: 1, festival: 1, category: 1, gender: 1,
    on_pale: 1, on_deep: 1,
  }
  const patch = (view, columns) => {
    const data = {}
    for (const [name, values] of Object.entries(columns)) {
      data[name] = SHADES[name] ? values : Float64Array.from(values, one => one ?? NaN)
    }
    view.source.data = data
    view.meant = view.picks.length ? columns[view.full ?? view.picks[0]].map((_, i) =>
      view.picks.map(pick => columns[view.full ?? pick][i])) : []
    const marked = view.meant.flatMap((mark, i) =>
      view.picks.every((name, j) => narrowed(name).includes(mark[j])) ? [i] : [])
    view.marked = marked
    if (!same(view.source.selected.indices, marked)) view.source.selected.indices = marked
  }
  const isEmpty = (rows, names) => names.every(name => rows.every(row => row[name] === null))

  // A click on a mark narrows the page by what it stands for; a second opens it again.
  const clicked = view => {
    const now = view.source.selected.indices, was = view.marked
    const changed = [...now.filter(i => !was.includes(i)), ...was.filter(i => !now.includes(i))].sort((a, b) => a - b)
    if (!changed.length) return
    const at = changed[0], mark = view.meant[at]
    if (!mark || !mark.every((value, j) => words.offered[view.picks[j]].includes(value))) {
      view.source.selected.indices = was
      return
    }
    view.picks.forEach((name, j) => {
      const chosen = narrowed(name)
      if (view.picks.length > 1) state.values[name] = was.includes(at) ? [] : [mark[j]]
      else if (chosen.includes(mark[j])) state.values[name] = chosen.filter(one => one !== mark[j])
      else state.values[name] = [...chosen, mark[j]]
    })
    changedQuestion()
  }

  // ---------------------------------------------------------------- numbers: a chart as a table, and CSV of any card
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
    const notes = [view.title, `${filtersSentence(view.picks)}.`, words.stamp].map(note => [`# ${note}`])
    const line = cells => cells.map(cellOf).join(",") || '""'
    return `${[[...keys, ...names], ...lines].map(line).join("\n")}\n\n${notes.map(line).join("\n")}\n`
  }
  const save = view => {
    const url = URL.createObjectURL(new Blob(["\ufeff", csvOf(view)], { type: "text/csv;charset=utf-8" }))
    make("a", { href: url, download: `${view.name}${words.until ? `-${words.until}` : ""}.csv` }).click()
    setTimeout(() => URL.revokeObjectURL(url), 60000)
  }

  const BLANK = "\u200b"
  const shortened = (names, most = 20) => { // the middle left out; still all different
    const seen = new Map(), head = Math.floor(most * 2 / 3)
    return names.map(name => {
      const letters = [...name]
      const short = letters.length <= most ? name
        : `${letters.slice(0, head).join("")}…${letters.slice(letters.length - (most - head - 1)).join("")}`
      const again = (seen.get(short) ?? 0) + 1
      seen.set(short, again)
      return short + (again > 1 ? BLANK.repeat(5 + again) : "")
    })
  }
  const short = text => text.replace(".00", "")
  const largest = (values, least) => values.reduce((a, b) => Math.max(a, b ?? least), least)
  const smallest = (values, most) => values.reduce((a, b) => Math.min(a, b ?? most), most)

  const EVEN = "break_even_roas"
  const bars = view => {
    const { metric, dimension } = view, one = metrics[metric], asked = under(view.picks)
    const costed = view.even !== null && asked.known("profit") === "contribution"
    const names = costed ? [metric, EVEN] : [metric], answer = asked.ask(names, [dimension])
    let rows = sorted(answer.rows, [[metric, one.good !== "down"], [dimension, false]])
    if (one.ratio) rows = rows.filter(row => row[dimension] !== null)
    hold(view, [dimension], names, rows)

    let shown = rows.map(row => ({ name: called(row, dimension), value: row[metric], even: costed ? row[EVEN] : view.even }))
    if (view.kind === "top") shown = shown.slice(0, view.most)
    if (shown.length > view.most) {
      const rest = rows.slice(view.most - 1)
      shown = shown.slice(0, view.most - (one.ratio ? 0 : 1))
      if (!one.ratio) {
        const whole = one.unit === "₹" ? rupeesOf(rest, metric) : rest.reduce((sum, row) => sum + (row[metric] ?? 0), 0)
        shown.push({ name: `${rest.length} others`, value: whole, even: view.even })
      }
    }
    const ends = shown.map(bar => bar.value ?? 0)
    const room = 0.2 * (ends.length ? Math.max(...ends) : 0)
    const columns = {
      name: shortened(shown.map(bar => bar.name)),
      full: shown.map(bar => bar.name),
      end: ends,
      at: shown.map((bar, i) => bar.even !== null && ends[i] < bar.even && bar.even < ends[i] + room ? bar.even : ends[i]),
      label: shown.map(bar => say(metric, bar.value, true)),
      value: shown.map(bar => say(metric, bar.value)),
      even: shown.map(bar => bar.even),
      evens: shown.map(bar => say(metric, bar.even)),
    }
    fitBars(view, columns, ends)
    patch(view, columns)
    const refusal = Object.values(answer.refused)[0]
    if (refusal) stand(view, "refused", refusal)
    else if (isEmpty(rows, [metric])) stand(view, "empty", NONE)
    else stand(view, "", barsSentence(view, rows, costed))
  }
  const fitBars = (view, columns, ends) => {
    const foot = view.even !== null ? 1 : 0
    const spare = Array.from({ length: Math.max(view.fewest - columns.name.length, foot) }, (_, i) => BLANK.repeat(i + 1))
    const factors = [...spare, ...[...columns.name].reverse()]
    if (!same(view.y.factors, factors)) view.y.factors = factors
    const low = ends.length ? Math.min(...ends) : 0, high = ends.length ? Math.max(...ends) : 0
    let far = 0
    if (view.even !== null) {
      const known = columns.even.filter(even => even !== null && isFinite(even) && even > 0)
      const least = known.length ? Math.min(...known) : view.even, most = known.length ? Math.max(...known) : view.even
      const one = most - least < 0.005, [span, label, ...marks] = view.moved
      span.setv({ location: most, visible: one })
      label.setv({ x: least, text: one ? `break-even ${short(say(view.metric, most))}` : "❘ break-even of each" })
      for (const mark of marks) mark.visible = !one
      far = one ? most : Math.min(most, 2 * high)
    }
    const reach = Math.max(high, 1.05 * far, -low) || 1
    const longest = largest(columns.label.map(label => label.length), 0)
    view.x.setv({ start: Math.min(0, low * 1.1), end: reach * (1.04 + view.letter * longest) })
  }
  const barsSentence = (view, rows, costed) => {
    const { metric, dimension } = view, one = metrics[metric]
    const known = rows.filter(row => row[metric] !== null)
    const notes = (costed ? evensOf(view, rows) : "") + unplaced(view)
    const low = one.good === "down", [leads, lead] = low ? ["is lowest", "are lowest"] : ["leads", "lead"]
    const more = rows.length > view.most ? ` ${rows.length} in all; the first are shown.` : ""
    const first = known[0], second = known[1], most = say(metric, first[metric], true)
    const name = called(first, dimension), best = view.ours ? name.slice(0, 1).toUpperCase() + name.slice(1) : name
    if (known.length === 1) return `${best} ${leads} with ${most}.${more}${notes}`
    const level = known.slice(1).filter(row => row[metric] === first[metric]).length
    if (level) return `${best} and ${level === 1 ? called(second, dimension) : `${level} others`} ${lead} with ${most} each.${more}${notes}`
    const gap = say(metric, Math.abs(first[metric] - second[metric]), true)
    const ahead = one.unit === "%" ? `${gap.replace(/ %$/, "")} points` : gap
    return `${best} ${leads} with ${most}, ${ahead} ${low ? "below" : "above"} ${called(second, dimension)}.${more}${notes}`
  }
  const evensOf = (view, rows) => {
    const known = rows.map(row => row[EVEN]).filter(even => even !== null)
    if (!known.length) return ""
    const [low, far] = [Math.min(...known), Math.max(...known)].map(end => short(say(view.metric, end)))
    return low === far ? ` By gross margin break-even is ${low}.` : ` By gross margin break-even is from ${low} to ${far}.`
  }
  const unplaced = view => {
    if (!isRatio(view.metric) || !metrics[view.metric].measures.includes("spend")) return ""
    const row = under(view.picks).ask(["spend"], [view.dimension]).rows.find(one => one[view.dimension] === null)
    if (!row?.spend) return ""
    return ` ${rupeesCompact(row.spend)} of spend has no ${answers.dimensions[view.dimension].label.toLowerCase()} and is in no bar.`
  }

  const top = view => {
    view.metric = view.offered.includes(state.top) ? state.top : view.offered[0]
    later.push(() => { view.choice.value = view.metric })
    bars(view)
  }

  const persona = row => `${called(row, "gender")} ${called(row, "category").toLowerCase()}`
  const personas = view => {
    const answer = under(view.picks).ask(["roas"], view.picks), rows = answer.rows
    hold(view, view.picks, ["roas"], rows)
    const cells = new Map(rows.map(row => [JSON.stringify([called(row, "category"), called(row, "gender")]), row.roas]))
    const columns = { category: [], gender: [], shade: [], on_pale: [], on_deep: [], value: [] }
    const grid = view.categories.flatMap(category => view.genders.map(gender => [category, gender]))
    const values = grid.map(cell => cells.get(JSON.stringify(cell)) ?? null)
    const most = values.some(value => value !== null) ? Math.max(...values.filter(value => value !== null)) : 0
    grid.forEach(([category, gender], i) => {
      const value = values[i]
      const shade = value === null ? -1 : most <= 0 || value <= 0 ? 0
        : Math.min(view.steps - 1, Math.floor(Math.sqrt(value / most) * view.steps))
      const text = value === null ? "—" : say("roas", value)
      columns.category.push(category)
      columns.gender.push(gender)
      columns.shade.push(shade)
      columns.on_pale.push(shade >= view.strong ? "" : text)
      columns.on_deep.push(shade >= view.strong ? text : "")
      columns.value.push(text)
    })
    patch(view, columns)
    const refusal = Object.values(answer.refused)[0]
    if (refusal) return stand(view, "refused", refusal)
    if (isEmpty(rows, ["roas"])) return stand(view, "empty", NONE)
    const named = rows.map(row => ({ ...row, category: called(row, "category"), gender: called(row, "gender") }))
    const ranked = sorted(named.filter(row => row.roas !== null), [["roas", true], ["category", false], ["gender", false]])
    const best = ranked[0], worst = ranked.at(-1), said = `${persona(best)} returns ${say("roas", best.roas)}`
    stand(view, "", worst.roas < 1 && ranked.length > 1
      ? `${said}; ${persona(worst)} only ${say("roas", worst.roas)}.` : `${said}, the most of ${ranked.length}.`)
  }

  const scatter = view => {
    const asked = under(view.picks), costed = asked.known("profit") === "contribution"
    const even = costed ? asked.ask([EVEN]).rows[0][EVEN] : null
    const names = costed ? [...view.metrics, "contribution"] : view.metrics
    const answer = asked.ask(names, view.by), rows = answer.rows
    hold(view, view.by, names, rows)
    const columns = {
      spend: rows.map(row => row.spend), revenue: rows.map(row => row.revenue), roas: rows.map(row => row.roas),
      influencer: rows.map(row => called(row, "influencer")), tier: rows.map(row => called(row, "tier")),
      size: rows.map(row => view.sizes[row.tier] ?? view.other),
    }
    view.moved[0].gradient = even || 1
    for (const [name, range] of [["spend", view.x], ["revenue", view.y]]) {
      const known = columns[name].filter(value => value !== null)
      const low = smallest(known, known.length ? Infinity : 0), high = largest(known, known.length ? -Infinity : 0)
      range.setv({ start: Math.min(-0.04 * high, low * 1.08), end: Math.max(high, 1) * 1.08 })
    }
    patch(view, columns)
    const refusal = Object.values(answer.refused)[0]
    if (refusal) return stand(view, "refused", refusal)
    if (isEmpty(rows, view.metrics)) return stand(view, "empty", NONE)
    const paid = rows.filter(row => row.spend > 0)
    const losing = paid.filter(row => costed ? row.contribution !== null && row.contribution < 0 : row.roas !== null && row.roas < 1)
    const sentence = `${plain(losing.length)} of ${counted(paid.length, "paid creator")} are below break-even`
    const line = even ? `; the line is that of all in view, ROAS ${times(even)}` : ""
    stand(view, "", costed ? `${sentence} by gross margin of what they sold${line}.` : `${sentence}.`)
  }

  const MS = 86400000
  const timeline = view => {
    const step = stepNow(), answer = under().ask(view.metrics, [step]), span = spanOf()
    let rows = answer.rows.filter(row => row[step] !== null)
    if (rows.length && span) {
      const found = new Map(rows.map(row => [row[step], row])), days = new Set()
      for (let one = span[0]; one <= span[1]; one++) days.add(answers.truncate[step](one))
      rows = [...days].map(one => {
        const row = { [step]: one }
        for (const name of view.metrics) row[name] = found.get(one)?.[name] ?? (answer.refused[name] ? null : 0)
        return row
      })
    }
    hold(view, [step], view.metrics, rows)
    const times = rows.map(row => row[step])
    const columns = { time: times.map(one => one * MS) }
    for (const name of view.metrics) columns[name] = rows.map(row => row[name])
    columns.festival = times.map((first, i) => {
      const from = Math.max(first, span[0]), to = i + 1 < times.length ? times[i + 1] - 1 : span[1]
      return words.festivals.filter(one => one.first <= to && one.last >= from && one.first <= span[1] && one.last >= span[0])
        .map(one => ` · ${one.name}`).join("")
    })
    fitTimeline(view, step, times, columns)
    patch(view, columns)
    later.push(() => {
      for (const button of headOf(view).querySelectorAll("[data-step]")) {
        button.setAttribute("aria-pressed", String(button.dataset.step === state.step))
      }
    })
    const refusal = Object.values(answer.refused)[0]
    if (refusal) return stand(view, "refused", refusal)
    if (isEmpty(rows, view.metrics)) return stand(view, "empty", NONE)
    const best = sorted(rows, [["revenue", true], [step, false]])[0]
    const when = step === "month" ? month(best[step]) : day(best[step])
    const what = { day: "Best day", week: "Best week from", month: "Best month" }[step]
    const spent = view.metrics.includes("spend") ? ` on ${rupeesCompact(rupeesOf(rows, "spend"))} of spend` : ""
    stand(view, "", `${what} ${when} with ${rupeesCompact(best.revenue)}; ${rupeesCompact(rupeesOf(rows, "revenue"))} in all${spent}, by ${step}.`)
  }
  const fitTimeline = (view, step, times, columns) => {
    const [names, bands, hover] = view.moved
    hover.tooltips = view.tooltip.replace("%F", view.formats[step])
    const all = view.metrics.flatMap(name => columns[name])
    const highest = largest(all, all.length ? -Infinity : 0) || 0, lowest = smallest(all, all.length ? Infinity : 0) || 0
    const high = (highest || 1) * 1.18
    view.y.setv({ start: Math.min(0, lowest * 1.1), end: high })
    names.ticks = namesAt(view.metrics.map(name => columns[name].at(-1) ?? 0), times.length, high)
    let shown = []
    if (times.length) {
      let [first, last] = [times[0], times.at(-1)]
      if (first === last) [first, last] = [first - 1, last + 1]
      view.x.setv({ start: first * MS, end: last * MS })
      shown = words.festivals.filter(one => one.first <= last && one.last >= first)
        .map(one => ({ name: one.name, first: Math.max(one.first, first), last: Math.min(one.last, last) }))
    }
    const key = JSON.stringify(shown)
    if (view.bands === key) return
    view.bands = key
    bands.data = {
      first: Float64Array.from(shown, one => one.first * MS), last: Float64Array.from(shown, one => one.last * MS),
      name: shown.map(one => one.name), shown: shown.map(one => one.name),
      lower: shown.map(() => 0), aside: shown.map(() => 0),
    }
  }
  const namesAt = (ends, points, high) => { // where the lines' names stand: at the last values, a little apart
    if (!points) return []
    const [a, b] = ends, least = high * 0.055
    if (ends.length < 2 || Math.abs(a - b) >= least) return ends
    const middle = Math.max((a + b) / 2, least / 2), up = a >= b ? 1 : -1
    return [middle + up * least / 2, middle - up * least / 2]
  }

  // ---------------------------------------------------------------- key figures
  const sparkline = course => {
    const values = course.filter(value => value !== null)
    if (values.length < 2) return null
    const low = smallest(values, Infinity), high = largest(values, -Infinity)
    const tall = 20 / ((high - low) || 1), apart = 91 / (values.length - 1)
    const points = values.map((value, at) => [(2 + at * apart).toFixed(1), (23 - (value - low) * tall).toFixed(1)])
    const svg = (tag, attributes) => {
      const element = document.createElementNS("http://www.w3.org/2000/svg", tag)
      for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
      return element
    }
    const [x, y] = points.at(-1), root = svg("svg", { class: "spark", viewBox: "0 0 96 26", "aria-hidden": "true" })
    root.append(svg("path", { d: "M" + points.map(point => point.join()).join(" L") }), svg("circle", { cx: x, cy: y, r: 2.2 }))
    return root
  }

  const UNKNOWN = "how much did is not estimated yet"
  const noteOf = (name, totals) => {
    const of = totals.rows[0]
    if (name === "revenue") {
      const orders = counted(of.orders ?? 0, "order"), returned = of.returned_revenue ?? 0, kept = of.revenue ?? 0
      return returned && returned + kept ? `${orders}; ${percent(returned / (returned + kept))} of sales returned` : orders
    }
    if (name === "spend") return of.cpo === null ? "" : `${say("cpo", of.cpo, true)} for each order`
    if (name === "roas") {
      if (of.roas === null) return "nothing was spent in this view"
      if (!(EVEN in of)) return `${of.roas >= 1 ? "above" : "below"} break-even, which is 1×`
      const even = of[EVEN]
      if (even === null || even <= 0) return "no gross profit in this view"
      return `${of.roas >= even ? "above" : "below"} break-even, ${times(even)} by gross margin`
    }
    if (name === "break_even_incrementality") {
      const share = of[name]
      if (share === null) return "no revenue in this view"
      return share > 1 ? "more was spent than came in, whatever its cause"
        : `of revenue must have come because of creators; ${estimates.rest ?? UNKNOWN}`
    }
    if (name === "break_even_incrementality_costed") {
      const share = of[name]
      if (share === null || share < 0) return "no gross profit in this view"
      return share > 1 ? "more was spent than is left of revenue after product cost, whatever its cause"
        : `of revenue must have come because of creators, product cost counted; ${estimates.rest ?? UNKNOWN}`
    }
    if (name !== "cac") return ""
    const fresh = counted(of.new_customers ?? 0, "new customer"), coverage = words.coverage
    return coverage === null || coverage === 1 ? fresh : `${fresh}; ${percent(1 - coverage)} of order rows name no customer`
  }

  const kpis = view => {
    const asked = under(), drawn = view.drawn.map(asked.known), even = same(drawn, view.drawn) ? [] : [EVEN]
    const totals = asked.ask([...new Set([...view.asked, ...drawn, ...even])]), step = stepNow()
    const course = sorted(asked.ask(drawn, [step]).rows.filter(row => row[step] !== null), [[step, false]])
    const incremental = estimates.card()
    const cards = drawn.map(name => {
      if (incremental && name in view.shorter) return incremental
      const refusal = totals.refused[name]?.split(". ")[0]
      return {
        label: view.shorter[name] ?? metrics[name].label, definition: metrics[name].definition,
        value: say(name, totals.rows[0][name], true), note: refusal || noteOf(name, totals),
        course: course.map(row => row[name]),
      }
    })
    const dues = asked.dues(step)
    cards.push({
      label: "Payable", definition: view.payable, value: rupeesCompact(words.owed ? null : dues.payable),
      note: words.owed || `${counted(dues.payouts, "payout")} open`, course: words.owed ? [] : dues.course,
    })
    view.cards = cards
    later.push(() => showCards(view))
  }
  const showCards = view => {
    const { cards } = view
    const root = document.querySelector(`[data-view="${view.id}"]`).shadowRoot
    const boxes = root.querySelectorAll(".kpi")
    cards.forEach((card, i) => {
      const box = boxes[i], set = (selector, text) => { box.querySelector(selector).textContent = text }
      set("h2", card.label)
      set(".tip p", card.definition)
      set(".value", card.value)
      set(".note", card.note)
      box.querySelector("summary").setAttribute("aria-label", `What ${card.label} means`)
      const spark = sparkline(card.course)
      box.querySelector(".foot").replaceChildren(...(spark ? [spark] : []))
    })
    root.querySelector(".against").textContent = FILES_ONLY
  }

  // ---------------------------------------------------------------- tables
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
    return state.sorts[view.id] ? sorted(found, [[kept, down]]) : found
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

  // ---------------------------------------------------------------- what stands above: filters in words
  const filtersSaid = (without = []) => {
    const active = answers.view(where()).active.filter(name => !without.includes(name))
    const said = active.map(name => [name, answers.dimensions[name].label, listing(narrowed(name), "or")])
    if (state.first) said.unshift(["period", "Period", period(answers.dayOf(state.first), answers.dayOf(state.last))])
    return said
  }
  const filtersSentence = without =>
    filtersSaid(without).map(([, label, text]) => `${label}: ${text}`).join("; ") || "No filters: everything is in view"
  const chips = () => {
    const root = document.querySelector(".chips > .pane").shadowRoot
    const said = filtersSaid()
    const list = root.querySelector(".chips")
    list.replaceChildren(...said.map(([name, label, text]) => {
      const clear = make("button", { type: "button", textContent: "✕", "aria-label": `Clear ${label}` })
      clear.addEventListener("click", () => clearFilters(name))
      return make("li", {}, `${label} `, make("b", { textContent: text }), clear)
    }))
    if (said.length) {
      const all = make("button", { type: "button", textContent: "Clear all" })
      all.addEventListener("click", () => clearFilters())
      list.append(make("li", { className: "all" }, all))
    } else list.append(make("li", { className: "none", textContent: "No filters: everything is in view" }))
    for (const note of root.querySelectorAll(".left-out")) note.remove()
    for (const sentence of leftOut()) root.append(make("p", { className: "left-out", textContent: sentence }))
    document.querySelector("#heard").textContent = said.map(([, label, text]) => `${label}: ${text}`).join("; ") || "No filters"
  }
  const leftOut = () => {
    const { seen, missing } = under().leftOut()
    const whole = missing.reduce((sum, [, amount]) => sum + amount, seen)
    return missing.map(([what, amount]) => `${rupeesCompact(amount / 100)} of spend, ` +
      `${percent(whole ? amount / whole : null, 0)}, has no ${what} and is not in this view.`)
  }
  const clearFilters = name => {
    if (name === "period" || !name) state.first = state.last = null
    if (!name) state.values = {}
    else if (name !== "period") state.values[name] = []
    changedQuestion()
  }

  // ---------------------------------------------------------------- a change: the page in view first, others when opened
  const DRAW = { kpis, bars, top, personas, scatter, timeline, table }
  let question = 0
  const draw = page => {
    if (page.drawn === question) return
    page.drawn = question
    for (const view of page.views) {
      ;(DRAW[view.kind] ?? estimates.kinds[view.kind])?.(view)
      if (view.turned) later.push(() => fillNumbers(view))
    }
    const words = later
    later = []
    for (const write of words) write()
  }
  const pageNow = () => words.pages.find(page => page.name === state.page) ?? words.pages[0]
  const refresh = () => {
    views = new Map()
    question += 1
    draw(pageNow())
    chips()
    for (const [name, model] of Object.entries(controls)) {
      if (name === "period") model.value = state.first ? [state.first, state.last] : []
      else if (!same(model.value, narrowed(name))) model.value = [...narrowed(name)]
    }
  }

  // Whole pieces of weeks, where days were put together.
  const pieces = () => {
    if (!words.coarse || !state.first) return
    const DAY = answers.dayOf, { week, month } = answers.truncate
    const begins = one => Math.max(week(one), month(one))
    let last = DAY(state.last)
    const of = begins(last)
    while (begins(last + 1) === of) last++
    state.first = answers.iso(begins(DAY(state.first)))
    state.last = answers.iso(last)
  }
  const changedQuestion = () => {
    pieces()
    write()
    refresh()
  }

  // ---------------------------------------------------------------- the address: what is looked at stands behind the #
  let written = null
  const write = () => {
    const pairs = new URLSearchParams()
    if (state.page && state.page !== words.pages[0].name) pairs.append("page", state.page)
    for (const name of words.filters) for (const value of narrowed(name)) pairs.append(name, value)
    if (state.first) { pairs.append("from", state.first); pairs.append("to", state.last) }
    if (state.step !== "auto") pairs.append("by", state.step)
    if (state.top) pairs.append("top-influencers", state.top)
    if (state.campaign) pairs.append("chosen-campaign", state.campaign)
    const open = !state.first && words.filters.every(name => !narrowed(name).length)
    if (open && (words.initial.first || Object.keys(words.initial.values).length)) pairs.append("all", "")
    written = pairs.toString()
    if (location.hash.slice(1) === written) return
    try { history.pushState({}, "", `#${written}`) } // the page stays where it is scrolled to
    catch { location.hash = written }
  }
  const isDay = text => /^\d{4}-\d\d-\d\d$/.test(text ?? "") && !isNaN(Date.parse(text))
  const read = () => {
    const pairs = new URLSearchParams(location.hash.slice(1))
    state.page = pairs.get("page") ?? ""
    state.step = words.steps.includes(pairs.get("by")) ? pairs.get("by") : "auto"
    state.top = pairs.get("top-influencers") ?? ""
    state.campaign = pairs.get("chosen-campaign") ?? ""
    const values = {}
    for (const name of words.filters) {
      const kept = pairs.getAll(name).filter(value => words.offered[name].includes(value))
      if (kept.length) values[name] = [...new Set(kept)]
    }
    const [from, to] = [pairs.get("from"), pairs.get("to")], dated = isDay(from) && isDay(to) && from <= to
    const bare = !pairs.has("all") && !Object.keys(values).length && !dated
    state.values = bare ? structuredClone(words.initial.values) : values
    state.first = bare ? words.initial.first : dated ? from : null
    state.last = bare ? words.initial.last : dated ? to : null
    pieces()
  }
  const showPage = () => {
    const now = pageNow()
    for (const section of document.querySelectorAll(".sheet")) section.hidden = section.dataset.of !== now.name
    for (const link of document.querySelectorAll("nav a")) {
      if (link.dataset.goto === now.name) link.setAttribute("aria-current", "page")
      else link.removeAttribute("aria-current")
    }
    document.querySelector("h1").textContent = now.title
    document.title = `${now.title} · ${window.roiTitle}`
    if (answers) draw(now)
  }
  const arrived = () => {
    if (location.hash.slice(1) === written) return showPage()
    written = location.hash.slice(1)
    read()
    refresh()
    showPage()
  }
  // The shell's own way of walking asks a server; here it is the address behind the #.
  document.addEventListener("click", event => {
    const link = event.target.closest?.("nav a")
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return
    event.preventDefault()
    event.stopPropagation()
    state.page = link.dataset.goto
    write()
    showPage()
    document.documentElement.classList.remove("drawer")
    document.querySelector(".menu").setAttribute("aria-expanded", "false")
    scrollTo(0, 0)
    document.querySelector("h1").focus({ preventScroll: true })
  }, { capture: true })

  // ---------------------------------------------------------------- filters: the live dashboard's own controls
  const controls = {}
  const observed = values => {
    const heard = {}, model = { on: (name, call) => (heard[name] ??= []).push(call) }
    for (const name of Object.keys(values)) {
      Object.defineProperty(model, name, {
        get: () => values[name],
        set: value => {
          if (same(values[name], value)) return
          values[name] = value
          for (const call of heard[name] ?? []) call()
        },
      })
    }
    return model
  }
  const put = (place, render, model) => {
    const host = make("div", { className: "control" })
    host.attachShadow({ mode: "open" }).append(make("style", { textContent: words.controlCss }), render({ model }))
    place.append(host)
  }
  const buildControls = () => {
    const first = document.querySelector("#first"), more = document.querySelector("#more")
    const { lo, hi } = words.span
    const model = controls.period = observed({ label: "Period", lo: lo ?? "", hi: hi ?? "", value: [], named: words.named })
    model.on("value", () => {
      const [from, to] = model.value
      if ((from ?? null) === state.first && (to ?? null) === state.last) return
      state.first = from ?? null
      state.last = to ?? null
      changedQuestion()
    })
    put(first, roiControls.period, model)
    for (const name of words.filters) {
      if (!words.offered[name].length) continue
      const one = controls[name] = observed({ label: answers.dimensions[name].label, options: words.offered[name], value: [] })
      one.on("value", () => {
        if (same(one.value, narrowed(name))) return
        state.values[name] = [...one.value]
        changedQuestion()
      })
      put(words.firstFilters.includes(name) ? first : more, roiControls.pick, one)
    }
  }

  // ---------------------------------------------------------------- start
  const unpack = async text => {
    const letters = atob(text), packed = new Uint8Array(letters.length)
    for (let i = 0; i < letters.length; i++) packed[i] = letters.charCodeAt(i)
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"))
    return new Response(stream).arrayBuffer()
  }
  const drawn = () => new Promise(resolve => {
    const look = () => {
      const one = window.Bokeh?.documents?.[0]
      if (one || !words.figures) resolve(one)
      else setTimeout(look, 5)
    }
    look()
  })
  const TABLES = ["table", "verdicts", "prospects"]
  const isTable = view => TABLES.includes(view.kind)
  const choose = view => {
    const host = make("div", { className: "choice" })
    host.attachShadow({ mode: "open" }).append(make("style", { textContent: words.choiceCss }), roiControls.choice({ model: view.choice }))
    document.querySelector(`[data-view="${view.id}"] > .pane`).after(host)
  }
  const equip = view => {
    view.picks ??= []
    if (view.models) {
      const model = id => doc.get_model_by_id(id)
      const { figure, source } = view.models
      view.figure = model(figure)
      view.source = model(source)
      view.x = view.figure.x_range
      view.y = view.figure.y_range
      view.moved = (view.moved ?? []).map(model)
      view.marked = []
      if (view.kind === "bars" || view.kind === "top") view.full = "full"
      if (view.picks.length) view.source.selected.properties.indices.change.connect(() => clicked(view))
    }
    if (isTable(view)) buildTable(view)
    if (isTable(view) || view.models) {
      headOf(view).addEventListener("click", event => {
        const button = event.target.closest("button")
        if (button?.dataset.table !== undefined) turn(view, button)
        else if (button?.dataset.export !== undefined) save(view)
      })
    }
    if (view.kind === "timeline") {
      for (const button of headOf(view).querySelectorAll("[data-step]")) {
        button.hidden = !["auto", ...words.steps].includes(button.dataset.step)
      }
      headOf(view).addEventListener("click", event => {
        const step = event.target.closest("[data-step]")?.dataset.step
        if (!step) return
        state.step = step
        changedQuestion()
      })
    }
    if (view.kind === "top") {
      view.choice = observed({ label: "Ranked by", options: view.offered.map(name => [name, metrics[name].label]), value: view.metric })
      view.choice.on("value", () => {
        const told = view.choice.value === view.offered[0] ? "" : view.choice.value
        if (told === state.top || view.choice.value === view.metric) return
        state.top = told
        changedQuestion()
      })
      choose(view)
    }
    if (view.kind === "estimate") {
      view.choice = observed({ label: view.label, options: [], value: "" })
      view.choice.on("value", () => {
        if (!view.choice.value || view.choice.value === view.shown) return
        state.campaign = view.choice.value
        changedQuestion()
      })
      choose(view)
    }
  }

  const start = async () => {
    words = JSON.parse(document.getElementById("words").textContent)
    const [bytes, found] = await Promise.all([unpack(document.getElementById("ledger").textContent), drawn()])
    doc = found
    answers = roiEvaluator(words.ledger, bytes)
    metrics = answers.metrics
    estimates = roiEstimates({ words, state, make, under, hold, stand, patch, fillTable, later: write => later.push(write) })
    for (const page of words.pages) page.views.forEach(equip)
    read()
    buildControls()
    refresh()
    showPage()
    addEventListener("popstate", arrived)
    addEventListener("hashchange", arrived)
    const printing = most => {
      for (const view of pageNow().views.filter(isTable)) { view.printed = most; fillTable(view) }
    }
    addEventListener("beforeprint", () => printing(PRINTED))
    addEventListener("afterprint", () => printing())
    document.documentElement.dataset.ready = "yes"
  }

  // For tests and for whoever wants to ask from the console: the answers, and the page under another question.
  window.roiSnapshot = {
    get answers() { return answers },
    get words() { return words },
    ask: (values, first, last, page) => {
      Object.assign(state, { values, first, last, page: page ?? state.page })
      pieces()
      refresh()
      showPage()
    },
    leftOut: () => leftOut(),
    csv: id => csvOf(words.pages.flatMap(page => page.views).find(view => view.id === id)),
  }
  addEventListener("DOMContentLoaded", () => {
    start().catch(error => {
      document.querySelector("#failed").hidden = false
      throw error
    })
  })
})()
