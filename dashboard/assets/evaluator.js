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
  // Whole numbers of one kind only: a loop over arrays of many kinds is several times slower.
  const spread = (name, kind) => {
    const { values, scale } = array(name), answer = new kind(values.length)
    for (let i = 0; i < values.length; i++) answer[i] = values[i] * scale
    return answer
  }
  const plain = name => spread(name, Int32Array)

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
      columns: measures.map(measure => spread(`${name}.${measure}`, Float64Array)),
    }
  }
  const placesOf = one => { // of each row, the place of its day; the number of days where it has none
    if (!one.at) {
      one.at = new Int32Array(one.size).fill(one.days.length)
      for (let day = 0; day < one.days.length; day++) one.at.fill(day, one.starts[day], one.starts[day + 1])
    }
    return one.at
  }
  const families = {}
  for (const [name, measures] of Object.entries(words.families)) families[name] = facts(name, measures)
  const owed = words.arrays["owed.days"] ? facts("owed", ["spend", "payout"]) : null
  const PAYOUTS = owed ? owed.columns[1].reduce((most, one) => Math.max(most, one), -1) + 1 : 0
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

  // The rows of facts that are kept, as numbers in rising order; `undated` adds those without a day. null: all of them.
  const rowsOf = (one, where, { pairs, items, bases }, undated = false) => {
    const from = where.first == null ? 0 : one.starts[below(one.days, where.first)]
    const to = where.last == null ? one.starts[one.days.length] : one.starts[below(one.days, where.last + 1)]
    const dated = where.first != null || where.last != null
    if (!one.item) items = null
    if (!one.basis) bases = null
    if (!dated && !pairs && !items && !bases) return null
    const rows = new Int32Array(one.size)
    let n = 0
    const take = (start, stop) => {
      const { pair, item, basis } = one
      if (pairs && !items && !bases) { for (let i = start; i < stop; i++) if (pairs[pair[i]]) rows[n++] = i }
      else if (items && !pairs && !bases) { for (let i = start; i < stop; i++) if (items[item[i]]) rows[n++] = i }
      else if (!pairs && !items && !bases) { for (let i = start; i < stop; i++) rows[n++] = i }
      else for (let i = start; i < stop; i++) {
        if ((!pairs || pairs[pair[i]]) && (!items || items[item[i]]) && (!bases || bases[basis[i]])) rows[n++] = i
      }
    }
    if (dated) {
      take(from, Math.max(from, to))
      if (undated) take(one.starts[one.days.length], one.size)
    } else take(0, one.size)
    return rows.subarray(0, n)
  }
  const each = (one, rows, visit) => {
    if (rows) for (let i = 0; i < rows.length; i++) visit(rows[i])
    else for (let i = 0; i < one.size; i++) visit(i)
  }
  const add = (values, index, rows, sums) => { // sums by index, which is null where there is but one
    const n = rows ? rows.length : values.length
    if (!index) {
      let sum = 0
      if (rows) for (let i = 0; i < n; i++) sum += values[rows[i]]
      else for (let i = 0; i < n; i++) sum += values[i]
      sums[0] += sum
    } else if (rows) for (let i = 0; i < n; i++) { const row = rows[i]; sums[index[row]] += values[row] }
    else for (let i = 0; i < n; i++) sums[index[i]] += values[i]
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
  const columnOf = name => familyOf[name].columns[familyOf[name].measures.indexOf(name)]
  const WHOLE = 10000
  let shares
  // Of each sale revenue × margin, in paise and in ten-thousandths of them: whole numbers that stay exact.
  const gross = () => {
    if (shares) return shares
    const revenue = columnOf("revenue"), { item } = families.sales
    const paise = new Float64Array(revenue.length), rest = new Float64Array(revenue.length)
    for (let i = 0; i < revenue.length; i++) {
      const share = margin[item[i]]
      if (share <= 0) continue
      const whole = Math.floor(revenue[i] / WHOLE)
      paise[i] = whole * share
      rest[i] = (revenue[i] - whole * WHOLE) * share
    }
    return shares = { paise, rest }
  }
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
    let lackingNames
    const rows = name => {
      if (!(name in found)) {
        found[name] = name === "posts"
          ? rowsOf(families.posts, where, { pairs: postsMask(where), items: null, bases: null })
          : rowsOf(families[name], where, masks(where))
      }
      return found[name]
    }

    // One family summed by parts of the key: of each group the parts, and a column for each measure.
    const byKey = (family, homes) => {
      const name = `${family.name} ${homes}`
      if (summed[name]) return summed[name]
      const at = rows(family.name)
      const sizes = homes.map(home =>
        home === "time" ? family.days.length + 1 : home === "pair" ? PAIRS : home === "item" ? ITEMS : BASES)
      const parts = homes.map(home => home === "time" ? placesOf(family) : family[home])
      let index = null, keys = [0]
      if (homes.length === 1) {
        index = parts[0]
        keys = null
      } else if (homes.length) { // several parts in one number
        index = new Int32Array(family.size)
        const seen = new Map()
        keys = []
        each(family, at, row => {
          let key = 0
          for (let j = 0; j < parts.length; j++) key = key * sizes[j] + (parts[j] ? parts[j][row] : 0)
          let group = seen.get(key)
          if (group === undefined) { seen.set(key, group = keys.length); keys.push(key) }
          index[row] = group
        })
      }
      const size = keys ? keys.length : sizes[0]
      const columns = {}
      const total = values => { const sums = new Float64Array(size); add(values, index, at, sums); return sums }
      family.columns.forEach((values, m) => { columns[family.measures[m]] = total(values) })
      if (family.name === "sales" && words.margins) {
        const { paise, rest } = gross()
        columns["gross paise"] = total(paise)
        columns["gross rest"] = total(rest)
      }
      if (!keys) { // those that any row belongs to
        const there = new Uint8Array(size)
        each(family, at, row => { there[index[row]] = 1 })
        keys = []
        for (let key = 0; key < size; key++) if (there[key]) keys.push(key)
        for (const one of Object.keys(columns)) columns[one] = Float64Array.from(keys, key => columns[one][key])
      }
      const split = homes.map(() => new Int32Array(keys.length))
      keys.forEach((key, g) => {
        for (let j = homes.length - 1; j >= 0; j--) { split[j][g] = key % sizes[j]; key = Math.floor(key / sizes[j]) }
      })
      return summed[name] = { count: keys.length, split, columns }
    }

    const HOMES = ["time", "pair", "item", "basis"]
    // Measures by dimensions: `key` are numbers that sort as the names do, -Infinity being no day.
    const sums = (measures, by) => {
      const homes = HOMES.filter(home => by.some(name => homeOf(name) === home))
      const own = [...new Set(measures.map(name => name === "gross_profit" ? families.sales : familyOf[name]))]
      const zeros = () => Object.fromEntries(measures.map(name => [name, 0]))
      const groups = new Map(), wantsGross = measures.includes("gross_profit")
      if (!by.length) groups.set(0, { key: [], sums: zeros(), paise: 0, rest: 0 })
      const asked = by.includes("influencer") ? [...by, "creator"] : by
      for (const family of own) {
        const { count, split, columns } = byKey(family, homes)
        const mine = measures.filter(name => familyOf[name] === family)
        const codesOf = asked.map(name => { // of each group, the number of its value
          const home = name === "creator" ? "pair" : homeOf(name), part = split[homes.indexOf(home)]
          if (home === "time") {
            return Float64Array.from(part, day => day < family.days.length ? TRUNCATE[name](family.days[day]) : -Infinity)
          }
          return home === "basis" ? part : Int32Array.from(part, key => codes[name][key])
        })
        const single = codesOf.length === 1 ? codesOf[0] : null
        for (let g = 0; g < count; g++) {
          const key = !by.length ? 0 : single ? single[g] : codesOf.map(one => one[g]).join()
          let group = groups.get(key)
          if (!group) groups.set(key, group = { key: codesOf.map(one => one[g]), sums: zeros(), paise: 0, rest: 0 })
          for (const name of mine) group.sums[name] += columns[name][g]
          if (wantsGross && family === families.sales && words.margins) {
            group.paise += columns["gross paise"][g]
            group.rest += columns["gross rest"][g]
          }
        }
      }
      const answer = [...groups.values()]
      if (wantsGross) for (const group of answer) group.sums.gross_profit = inPaise(group.paise, group.rest)
      return answer.sort((a, b) => {
        for (let i = 0; i < a.key.length; i++) if (a.key[i] !== b.key[i]) return a.key[i] < b.key[i] ? -1 : 1
        return 0
      })
    }

    // What is sold in view and has no gross margin, the largest revenue first.
    const lacking = () => {
      if (lackingNames) return lackingNames
      const { names, of } = words.lacking, { item } = families.sales, sold = new Map()
      if (margin.some(one => one < 0)) {
        const revenue = columnOf("revenue"), amounts = new Float64Array(ITEMS)
        each(families.sales, rows("sales"), row => { if (margin[item[row]] < 0) amounts[item[row]] += Math.abs(revenue[row]) })
        amounts.forEach((amount, one) => { if (amount) sold.set(of[one], (sold.get(of[one]) ?? 0) + amount) })
      }
      return lackingNames = [...sold].filter(([, amount]) => amount > 0)
        .sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([name]) => names[name])
    }

    const posts = () => {
      const one = families.posts, values = columnOf("posts")
      let all = 0, unassigned = 0
      each(one, rows("posts"), row => {
        all += values[row]
        if (!codes.campaign[one.pair[row]]) unassigned += values[row]
      })
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
      const [spend] = one.columns
      const seen = new Float64Array(1)
      add(spend, null, rows("spend"), seen)
      const dated = where.first != null || where.last != null
      const lacks = dated ? [["date", row => row >= one.starts[one.days.length]]] : []
      for (const name of ["campaign", "product", "brand", "basis", "platform", "category", "gender", "tier"]) {
        if (!kept(where, name)) continue
        const home = homeOf(name), keys = home === "pair" ? one.pair : home === "item" ? one.item : null
        lacks.push([dimensions[name].label.toLowerCase(), row => !(keys ? codes[name][keys[row]] : one.basis[row])])
      }
      const amounts = lacks.map(() => 0)
      if (lacks.length) {
        each(one, rowsOf(one, where, masks(where, true), true), row => {
          const at = lacks.findIndex(([, test]) => test(row))
          if (at >= 0) amounts[at] += spend[row]
        })
      }
      return { seen: seen[0], missing: lacks.map(([what], i) => [what, amounts[i]]).filter(([, amount]) => amount) }
    }

    // What is still owed of the spend in view, and by how many payouts; by a step of time, its course.
    const dues = step => {
      if (!owed) return null
      const [spend, payout] = owed.columns, places = placesOf(owed)
      const at = rowsOf(owed, where, masks(where)), payable = new Float64Array(1), n = at ? at.length : owed.size
      const daily = new Float64Array(owed.days.length + 1), there = new Uint8Array(owed.days.length + 1)
      const open = new Uint8Array(PAYOUTS)
      add(spend, null, at, payable)
      add(spend, places, at, daily)
      for (let i = 0; i < n; i++) {
        const row = at ? at[i] : i
        open[payout[row]] = 1
        there[places[row]] = 1
      }
      const course = new Map()
      for (let day = 0; step && day < owed.days.length; day++) {
        if (!there[day]) continue
        const start = TRUNCATE[step](owed.days[day])
        course.set(start, (course.get(start) ?? 0) + daily[day])
      }
      return {
        payable: payable[0] / 100, payouts: open.reduce((sum, one) => sum + one, 0),
        course: [...course].sort((a, b) => a[0] - b[0]).map(([, paise]) => paise / 100),
      }
    }

    return { where: asked, ask, known, leftOut, dues, active: narrowed }
  }

  return { view, without, dayOf, iso, truncate: TRUNCATE, metrics, dimensions }
}
