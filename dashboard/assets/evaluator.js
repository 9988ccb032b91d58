// Answers questions of a ledger in the page, as dashboard/query does on a server: filters keep cells, whole numbers are
// summed (money in paise), and each metric's definition, which Python wrote down as a tree, is evaluated on the sums.
// words.js stands before it. `words` is what export/packing.py says of the ledger, `bytes` its arrays.
const roiEvaluator = (words, bytes) => {
  "use strict"
  const { metrics, dimensions, filters } = words
  const KINDS = {
    u1: Uint8Array, u2: Uint16Array, u4: Uint32Array, i1: Int8Array, i2: Int16Array, i4: Int32Array, f8: Float64Array,
  }
  const array = name => {
    const place = words.arrays[name]
    if (!place) return null
    const [kind, at, length, scale] = place
    return { values: new KINDS[kind](bytes, at, length), scale }
  }
  const plain = name => {
    const { values, scale } = array(name)
    return Int32Array.from(values, one => one * scale)
  }

  // ---------------------------------------------------------------- the keys
  const homeOf = name => dimensions[name].home
  const codes = {}
  for (const name of Object.keys(dimensions)) {
    if (homeOf(name) === "pair" || homeOf(name) === "item") codes[name] = plain(`${homeOf(name)}.${name}`)
  }
  codes.creator = plain("pair.creator")
  const PAIRS = codes.influencer.length, ITEMS = codes.brand.length
  const margin = plain("item.margin") // in basis points, −1 where none is known
  const live = { pair: plain("live.pair"), item: plain("live.item") }
  const BASES = dimensions.basis.labels.length + 1

  // Facts of one kind: sorted by day, undated ones last.
  const facts = (name, measures) => {
    const days = plain(`${name}.days`), counts = plain(`${name}.counts`), starts = new Int32Array(days.length + 1)
    for (let i = 0; i < days.length; i++) starts[i + 1] = starts[i] + counts[i]
    const item = array(`${name}.item`), basis = array(`${name}.basis`)
    return {
      name, measures, days, starts,
      size: array(`${name}.pair`).values.length,
      pair: plain(`${name}.pair`), item: item && plain(`${name}.item`), basis: basis && plain(`${name}.basis`),
      columns: measures.map(measure => array(`${name}.${measure}`)),
    }
  }
  const families = {}
  for (const [name, measures] of Object.entries(words.families)) families[name] = facts(name, measures)
  const owed = words.arrays["owed.days"] ? facts("owed", ["spend", "payout"]) : null
  const familyOf = {}
  for (const one of Object.values(families)) for (const measure of one.measures) familyOf[measure] = one

  // ---------------------------------------------------------------- days
  const DAY = 86400000
  const dayOf = text => Math.round(Date.parse(text + "T00:00:00Z") / DAY)
  const iso = day => new Date(day * DAY).toISOString().slice(0, 10)
  const TRUNCATE = {
    day: day => day,
    week: day => day - ((day + 3) % 7 + 7) % 7, // day 0 was a Thursday
    month: day => { const date = new Date(day * DAY); return Date.UTC(date.getUTCFullYear(), date.getUTCMonth()) / DAY },
  }
  const below = (days, day) => { // how many of the sorted days lie before one
    let low = 0, high = days.length
    while (low < high) { const middle = (low + high) >> 1; days[middle] < day ? low = middle + 1 : high = middle }
    return low
  }

  // ---------------------------------------------------------------- which keys a question keeps
  const kept = (where, name) => where[name]?.length ? where[name] : null
  const active = where => filters.filter(name => kept(where, name))
  const without = (where, names) => {
    const opened = { ...where }
    for (const name of names) {
      if (name === "period") opened.first = opened.last = null
      else opened[name] = []
    }
    return opened
  }
  const wanted = (where, name, blank) => { // one flag for each number of a dimension; number 0 is nothing
    const labels = dimensions[name].labels, flags = new Uint8Array(labels.length + 1)
    const values = new Set(where[name])
    labels.forEach((label, i) => { if (values.has(label)) flags[i + 1] = 1 })
    flags[0] = blank ? 1 : 0
    return flags
  }
  const mask = (where, home, size, blank) => {
    const names = active(where).filter(name => homeOf(name) === home)
    if (!names.length) return null
    const flags = new Uint8Array(size).fill(1)
    for (const name of names) {
      const good = wanted(where, name, blank), of = codes[name]
      for (let i = 0; i < size; i++) flags[i] &= good[of[i]]
    }
    return flags
  }
  const masks = (where, blank = false) => ({
    pairs: mask(where, "pair", PAIRS, blank),
    items: mask(where, "item", ITEMS, blank),
    bases: kept(where, "basis") ? wanted(where, "basis", blank) : null,
  })

  // Posts have no product: see posts_mask() in dashboard/query/selection.py.
  const postsMask = where => {
    const own = masks(without(where, words.work)).pairs
    if (!words.work.some(name => kept(where, name))) return own
    const { pairs, items } = masks(where)
    const alive = new Uint8Array(PAIRS), people = new Set()
    for (let i = 0; i < live.pair.length; i++) {
      if ((!pairs || pairs[live.pair[i]]) && (!items || items[live.item[i]])) {
        alive[live.pair[i]] = 1
        if (codes.creator[live.pair[i]]) people.add(codes.creator[live.pair[i]])
      }
    }
    const named = kept(where, "campaign") && !kept(where, "brand") && !kept(where, "product")
      ? wanted(where, "campaign", false) : null
    const flags = new Uint8Array(PAIRS)
    for (let i = 0; i < PAIRS; i++) {
      const fits = alive[i] || (named && named[codes.campaign[i]])
        || (!codes.campaign[i] && people.has(codes.creator[i]))
      flags[i] = fits && (!own || own[i]) ? 1 : 0
    }
    return flags
  }

  // The rows of facts that are kept, as numbers in rising order; `undated` adds those without a day.
  const rowsOf = (one, where, { pairs, items, bases }, undated = false) => {
    const from = where.first == null ? 0 : one.starts[below(one.days, where.first)]
    const to = where.last == null ? one.starts[one.days.length] : one.starts[below(one.days, where.last + 1)]
    const dated = where.first != null || where.last != null
    const rows = new Int32Array(one.size)
    let n = 0
    const take = (start, stop) => {
      const { pair, item, basis } = one
      for (let i = start; i < stop; i++) {
        if ((!pairs || pairs[pair[i]]) && (!items || !item || items[item[i]]) && (!bases || !basis || bases[basis[i]])) {
          rows[n++] = i
        }
      }
    }
    if (dated) {
      take(from, Math.max(from, to))
      if (undated) take(one.starts[one.days.length], one.size)
    } else take(0, one.size)
    return rows.subarray(0, n)
  }
  const dayAt = (one, row) => { // the place of a row's day; the number of days for none
    let low = 0, high = one.days.length
    while (low < high) { const middle = (low + high) >> 1; one.starts[middle + 1] <= row ? low = middle + 1 : high = middle }
    return low
  }

  // ---------------------------------------------------------------- formulas
  const evaluate = (tree, sums) => {
    const [operator, left, right] = tree
    if (operator === "total") return sums[left]
    if (operator === "×") { const value = evaluate(right, sums); return value === null ? null : value * left }
    const a = evaluate(left, sums), b = evaluate(right, sums)
    if (a === null || b === null) return null
    if (operator === "+") return a + b
    if (operator === "−") return a - b
    return b === 0 ? null : a / b
  }
  const WHOLE = 10000
  const inPaise = (paise, rest) => { // paise and ten-thousandths of them, half to even
    const whole = paise + Math.floor(rest / WHOLE), left = rest % WHOLE
    return whole + (left > WHOLE / 2 || (left === WHOLE / 2 && Math.abs(whole % 2) === 1) ? 1 : 0)
  }

  // ---------------------------------------------------------------- one question, answered many times
  // `asked` holds the values kept of each dimension, and `first` and `last` as YYYY-MM-DD or null.
  const view = asked => {
    const where = { ...asked, first: asked.first ? dayOf(asked.first) : null, last: asked.last ? dayOf(asked.last) : null }
    const narrowed = active(where)
    const found = {}, summed = {}
    let owedRows, lackingNames
    const rows = name => {
      if (!found[name]) {
        found[name] = name === "posts"
          ? rowsOf(families.posts, where, { pairs: postsMask(where), items: null, bases: null })
          : rowsOf(families[name], where, masks(where))
      }
      return found[name]
    }

    // One family summed by parts of the key: groups, their keys, and a column for each measure.
    const byKey = (family, homes) => {
      const name = `${family.name} ${homes}`
      if (summed[name]) return summed[name]
      const at = rows(family.name), n = at.length
      const sizes = homes.map(home =>
        home === "time" ? family.days.length + 1 : home === "pair" ? PAIRS : home === "item" ? ITEMS : BASES)
      const group = new Int32Array(n), room = sizes.reduce((a, b) => a * b, 1)
      const seen = room <= 1 << 22 ? new Int32Array(room).fill(-1) : new Map()
      const keys = []
      const days = homes.includes("time") ? new Int32Array(n) : null
      if (days && n) {
        let day = dayAt(family, at[0])
        for (let i = 0; i < n; i++) {
          while (day < family.days.length && at[i] >= family.starts[day + 1]) day++
          days[i] = day
        }
      }
      const parts = homes.map(home => home === "time" ? null
        : home === "pair" ? family.pair : home === "item" ? family.item : family.basis)
      for (let i = 0; i < n; i++) {
        let key = 0
        for (let j = 0; j < homes.length; j++) {
          key = key * sizes[j] + (parts[j] ? parts[j][at[i]] : homes[j] === "time" ? days[i] : 0)
        }
        let g
        if (seen instanceof Map) { g = seen.get(key); if (g === undefined) seen.set(key, g = keys.push(key) - 1) }
        else { g = seen[key]; if (g < 0) g = seen[key] = keys.push(key) - 1 }
        group[i] = g
      }
      const columns = {}
      family.columns.forEach(({ values, scale }, m) => {
        const sums = new Float64Array(keys.length)
        for (let i = 0; i < n; i++) sums[group[i]] += values[at[i]]
        if (scale !== 1) for (let g = 0; g < sums.length; g++) sums[g] *= scale
        columns[family.measures[m]] = sums
      })
      if (family.name === "sales" && words.margins) { // revenue × margin, in paise and in ten-thousandths of them
        const paise = new Float64Array(keys.length), rest = new Float64Array(keys.length)
        const { values, scale } = family.columns[family.measures.indexOf("revenue")]
        for (let i = 0; i < n; i++) {
          const share = margin[family.item[at[i]]]
          if (share <= 0) continue
          const revenue = values[at[i]] * scale, whole = Math.floor(revenue / WHOLE)
          paise[group[i]] += whole * share
          rest[group[i]] += (revenue - whole * WHOLE) * share
        }
        columns["gross paise"] = paise
        columns["gross rest"] = rest
      }
      const parted = keys.map(key => {
        const split = new Array(homes.length)
        for (let j = homes.length - 1; j >= 0; j--) { split[j] = key % sizes[j]; key = Math.floor(key / sizes[j]) }
        return split
      })
      return summed[name] = { keys: parted, columns }
    }

    const HOMES = ["time", "pair", "item", "basis"]
    // Measures by dimensions: `key` are numbers that sort as the names do, -Infinity being no day.
    const sums = (measures, by) => {
      const homes = HOMES.filter(home => by.some(name => homeOf(name) === home))
      const own = [...new Set(measures.map(name => name === "gross_profit" ? families.sales : familyOf[name]))]
      const groups = new Map()
      if (!by.length) groups.set("", { key: [], sums: Object.fromEntries(measures.map(name => [name, 0])) })
      const gross = measures.includes("gross_profit")
      for (const family of own) {
        const { keys, columns } = byKey(family, homes)
        const mine = measures.filter(name => familyOf[name] === family)
        const split = gross && family === families.sales
        keys.forEach((parts, g) => {
          const key = by.map(name => {
            const home = homeOf(name), part = parts[homes.indexOf(home)]
            if (home === "time") return part < family.days.length ? TRUNCATE[name](family.days[part]) : -Infinity
            return home === "basis" ? part : codes[name][part]
          })
          if (by.includes("influencer")) key.push(codes.creator[parts[homes.indexOf("pair")]])
          const text = key.join()
          let group = groups.get(text)
          if (!group) groups.set(text, group = { key, sums: Object.fromEntries(measures.map(name => [name, 0])) })
          for (const name of mine) group.sums[name] += columns[name][g]
          if (split && words.margins) {
            group.paise = (group.paise ?? 0) + columns["gross paise"][g]
            group.rest = (group.rest ?? 0) + columns["gross rest"][g]
          }
        })
      }
      const answer = [...groups.values()]
      if (gross) for (const group of answer) group.sums.gross_profit = inPaise(group.paise ?? 0, group.rest ?? 0)
      return answer.sort((a, b) => {
        for (let i = 0; i < a.key.length; i++) if (a.key[i] !== b.key[i]) return a.key[i] < b.key[i] ? -1 : 1
        return 0
      })
    }

    // What is sold in view and has no gross margin, the largest revenue first.
    const lacking = () => {
      if (lackingNames) return lackingNames
      const { names, of } = words.lacking, at = rows("sales"), sold = new Map()
      const { values, scale } = families.sales.columns[families.sales.measures.indexOf("revenue")]
      for (const row of at) {
        const item = families.sales.item[row]
        if (margin[item] < 0) sold.set(of[item], (sold.get(of[item]) ?? 0) + Math.abs(values[row]) * scale)
      }
      return lackingNames = [...sold].filter(([, amount]) => amount > 0)
        .sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([name]) => names[name])
    }

    const posts = () => {
      const one = families.posts, { values, scale } = one.columns[one.measures.indexOf("posts")]
      let all = 0, unassigned = 0
      for (const row of rows("posts")) {
        all += values[row] * scale
        if (!codes.campaign[one.pair[row]]) unassigned += values[row] * scale
      }
      return { all, unassigned }
    }

    // The sentence that says why a metric cannot be answered; null where it can.
    const refusal = (metric, by) => {
      if (metric.absent) return metric.absent
      for (const { split, filtered } of metric.grain) {
        for (const name of by) if (split[name]) return split[name]
        for (const name of narrowed) if (filtered[name]) return filtered[name]
      }
      if (metric.measures.includes("gross_profit") && lacking().length) {
        return metric.margin.replace("{lacking}", () => listing(lacking(), "and"))
      }
      if (metric.posts && words.work.some(name => narrowed.includes(name) || by.includes(name))) {
        const { all, unassigned } = posts()
        if (unassigned) return metric.posts.replace("{unassigned}", unassigned).replace("{posts}", all)
      }
      return null
    }
    // Answer metrics by dimensions: rows by name (days as numbers since 1970), rupees and ratios, null where undefined.
    const ask = (names, by = []) => {
      const refused = {}
      for (const name of names) {
        const sentence = refusal(metrics[name], by)
        if (sentence) refused[name] = sentence
      }
      const answered = names.filter(name => !refused[name])
      const measures = [...new Set(answered.flatMap(name => metrics[name].measures))]
      const groups = measures.length || !by.length ? sums(measures, by) : []
      const answer = groups.map(group => {
        const row = {}
        by.forEach((name, i) => {
          const code = group.key[i]
          row[name] = homeOf(name) === "time" ? (code === -Infinity ? null : code)
            : code ? dimensions[name].labels[code - 1] : null
        })
        for (const name of names) {
          if (refused[name]) { row[name] = null; continue }
          const value = evaluate(metrics[name].value, group.sums)
          row[name] = value === null || metrics[name].unit !== "₹" ? value : value / 100
        }
        return row
      })
      return { rows: answer, by, refused }
    }

    // What is left after the cost of the product, where the margin of everything sold in view is known.
    const known = name => metrics[name].costed && words.margins && !lacking().length ? metrics[name].costed : name

    // What spend the filters left out because it carries nothing to filter by: paise by what it lacks.
    const leftOut = () => {
      const one = families.spend
      if (!one) return { seen: 0, missing: [] }
      const { values, scale } = one.columns[0]
      let seen = 0
      for (const row of rows("spend")) seen += values[row] * scale
      const dated = where.first != null || where.last != null
      const lacks = dated ? [["date", row => row >= one.starts[one.days.length]]] : []
      for (const name of ["campaign", "product", "brand", "basis", "platform", "category", "gender", "tier"]) {
        if (!kept(where, name)) continue
        const home = homeOf(name), keys = home === "pair" ? one.pair : home === "item" ? one.item : null
        lacks.push([dimensions[name].label.toLowerCase(), row => !(keys ? codes[name][keys[row]] : one.basis[row])])
      }
      const amounts = lacks.map(() => 0)
      if (lacks.length) {
        for (const row of rowsOf(one, where, masks(where, true), true)) {
          const at = lacks.findIndex(([, test]) => test(row))
          if (at >= 0) amounts[at] += values[row] * scale
        }
      }
      return { seen, missing: lacks.map(([what], i) => [what, amounts[i]]).filter(([, amount]) => amount) }
    }

    // What is still owed of the spend in view, and by how many payouts; by a step of time, its course.
    const dues = step => {
      if (!owed) return null
      owedRows ??= rowsOf(owed, where, masks(where))
      const [spend, payout] = owed.columns
      let payable = 0
      const payouts = new Set(), course = new Map()
      for (const row of owedRows) {
        payable += spend.values[row] * spend.scale
        payouts.add(payout.values[row])
        const day = dayAt(owed, row)
        if (step && day < owed.days.length) {
          const at = TRUNCATE[step](owed.days[day])
          course.set(at, (course.get(at) ?? 0) + spend.values[row] * spend.scale)
        }
      }
      return {
        payable: payable / 100, payouts: payouts.size,
        course: [...course].sort((a, b) => a[0] - b[0]).map(([, paise]) => paise / 100),
      }
    }

    const isEmpty = () => Object.keys(families).every(name => !rows(name).length)
    return { where: asked, ask, known, leftOut, dues, isEmpty, active: narrowed }
  }

  return { view, without, dayOf, iso, truncate: TRUNCATE, metrics, dimensions }
}
