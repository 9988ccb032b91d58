// The one-file page: what came because of campaigns and whom to book next. Results travel with the file; filters choose
// which of them are shown, as Explorer.estimates_in_view and Planned.in_view do, and never change one.
// `page` is what snapshot.js lends: the words, the question, and what fills a card.
const roiEstimates = page => {
  "use strict"
  const { words, state, make, under, hold, stand, later, patch, fillTable } = page
  const effects = words.effects
  if (!effects) return { kinds: {}, card: () => null, rest: null }
  const MS = 86400000

  // ---------------------------------------------------------------- which are in view, and what they bring together
  const named = (names, by) => new Set(under().ask(names, [by]).rows.map(row => row[by]))
  const inView = () => {
    const there = named(["revenue", "orders"], "campaign")
    return effects.campaigns.filter(one => there.has(one.row.campaign))
  }
  const isKnown = one => one.row.incremental_revenue !== null
  // Errors add up by their squares: total() in dashboard/incrementality/results.py.
  const total = found => {
    const known = found.filter(one => isKnown(one) && one.row.payout > 0)
    const sum = name => known.reduce((all, one) => all + one.row[name], 0)
    const far = name => Math.hypot(...known.map(one => one.row.incremental_revenue - one.row[name]))
    const brought = sum("incremental_revenue"), payout = sum("payout")
    return {
      campaigns: known.length, of: found.length, incremental_revenue: brought, payout,
      iroas: payout > 0 ? brought / payout : null,
      low: (brought - far("revenue_low")) / payout, high: (brought + far("revenue_high")) / payout,
    }
  }
  const summary = found => {
    const known = found.filter(isKnown).length, all = `Of ${counted(found.length, "campaign")}`
    if (!effects.paid) return `${all}, ${plain(known)} ${known === 1 ? "has" : "have"} a number.`
    const parts = effects.verdicts.map(([word, said]) => [found.filter(one => one.row.verdict === word).length, said])
    const told = parts.filter(([count]) => count).map(([count, said]) => `${count} ${said}`)
    const answer = `${all}: ${listing(told, "and", parts.length)}.`, whole = total(found)
    if (whole.iroas === null) return answer
    const held = found.some(one => isKnown(one) && !(one.row.payout > 0)) ? "a number and a payout" : "a number"
    return `${answer} The ${counted(whole.campaigns, "campaign")} with ${held} brought ${times(whole.iroas)} together ` +
      `(${times(whole.low)} to ${times(whole.high)}).`
  }
  // The key figure in place of break-even; null where nothing is known or nothing was paid.
  const card = () => {
    if (!effects.paid) return null
    const whole = total(inView())
    if (whole.iroas === null) return null
    const scope = whole.campaigns === whole.of ? "all campaigns in view" : `${whole.campaigns} of ${counted(whole.of, "campaign")}`
    return {
      label: "Incremental ROAS", definition: effects.meaning, value: times(whole.iroas), course: [],
      note: `${times(whole.low)} to ${times(whole.high)}, ${scope}`,
    }
  }

  // ---------------------------------------------------------------- tables of rows that are there already
  const fill = (view, rows, totals, sentence, empty) => {
    view.names = view.columns.filter(one => one.kind === "number").map(one => one.name)
    view.by = view.columns.filter(one => one.kind !== "number").map(one => one.name)
    view.rows = rows
    view.totals = totals
    hold(view, [], view.saved, rows)
    later(() => fillTable(view))
    if (rows.length) stand(view, "", sentence)
    else stand(view, "empty", empty)
  }
  const verdicts = view => {
    const found = inView(), whole = total(found), totals = {}
    if (whole.campaigns) for (const name of view.totalled) totals[name] = whole[name]
    fill(view, found.map(one => one.row), totals, summary(found), effects.why || effects.none)
  }
  const prospects = view => {
    const there = named(["revenue", "spend"], "influencer"), seen = row => there.has(row.influencer)
    const rows = view.prospects.filter(seen), totals = {}
    for (const name of view.totalled) totals[name] = rows.reduce((sum, row) => sum + row[name], 0)
    const others = pageOf(view).views.some(one => one.prospects?.some(seen))
    const nobody = others ? view.nobodyHere : effects.unplanned || effects.nobody
    fill(view, rows, totals, `${counted(rows.length, "creator")} ${view.answers[rows.length === 1 ? 0 : 1]}.`, nobody)
  }
  const pageOf = view => words.pages.find(one => one.views.includes(view))

  // ---------------------------------------------------------------- one campaign in full
  const chosen = () => {
    const found = inView()
    return found.find(one => one.row.campaign === state.campaign) ?? found[0] ?? null
  }
  const estimate = view => {
    const found = inView(), one = chosen()
    const names = found.map(other => [other.row.campaign, other.row.campaign])
    view.shown = one?.row.campaign ?? ""
    later(() => {
      view.choice.options = names
      view.choice.value = view.shown
      const root = document.querySelector(`[data-view="${view.id}"] > .pane + .pane, [data-view="${view.id}"] > .choice + .pane`).shadowRoot
      root.querySelector(".facts")?.remove()
      if (!one) return
      const pair = ([label, text], kind) => make("div", { className: kind }, make("dt", { textContent: label }), make("dd", { textContent: text }))
      root.append(make("dl", { className: "facts" },
        ...one.facts.map(fact => pair(fact, "")), ...one.words.map(fact => pair(fact, "words"))))
    })
    if (one) stand(view, "", one.headline)
    else stand(view, "empty", effects.why || effects.none)
  }
  const path = view => {
    const one = chosen(), held = one?.paths[view.name], shown = view.saved.slice(1), [frame, line] = view.moved
    const at = held ? held.data[shown[0]].map((_, i) => (held.first + i) * MS) : []
    const columns = { time: at }
    for (const name of shown) columns[name] = held ? held.data[name] : []
    if (held) {
      const [first, last] = held.window
      frame.setv({ left: first * MS, right: (last + 1) * MS })
      line?.setv({ location: held.line ?? 0, visible: held.line !== null })
      view.x.setv({ start: at[0], end: at.at(-1) })
      view.y.setv({ start: held.y[0], end: held.y[1] })
    }
    patch(view, columns)
    hold(view, [], view.saved, at.map((time, i) => Object.fromEntries(
      view.saved.map(name => [name, name === "date" ? time / MS : columns[name][i]]))))
    if (held) stand(view, "", held.sentence)
    else stand(view, "empty", effects.why || (one ? one.row.reason || effects.none : effects.none))
  }

  return { kinds: { verdicts, prospects, estimate, path }, card, rest: effects.rest }
}
