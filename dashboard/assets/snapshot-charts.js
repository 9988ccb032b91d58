// The one-file page: charts. Each is the twin of a view in dashboard/views, which drew its figure; a test holds them together.
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
  const asked = under(view.picks), costed = asked.known("profit") === "contribution"
  const names = costed ? ["roas", "contribution"] : ["roas"]
  const answer = asked.ask(names, view.picks), rows = answer.rows
  hold(view, view.picks, names, rows)
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
  const loses = costed ? worst.contribution < 0 : worst.roas < 1
  stand(view, "", loses && ranked.length > 1
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
