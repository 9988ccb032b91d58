// Fits the words of a timeline to its width: fewer ticks, and festivals' names in two lines, those that have room
// beside each other (longer seasons first). args: figure, ticker, bands (a source with first, last, name; and with
// what is found here: shown, lower, aside)
const data = bands.data
const wide = figure.properties.inner_width.is_unset ? 0 : figure.inner_width // 0: not laid out yet
const range = figure.x_range
const ticks = Math.max(2, Math.min(8, Math.floor(wide / 72)))
if (wide && ticker.desired_num_ticks !== ticks) ticker.setv({ desired_num_ticks: ticks }, { sync: false })
if (wide && data.name) {
  const scale = wide / (range.end - range.start)
  const left = i => (data.first[i] - range.start) * scale
  const size = i => data.name[i].length * 6.2 + 10
  const order = [...data.name.keys()].sort(
    (a, b) => (data.last[b] - data.first[b]) - (data.last[a] - data.first[a]))
  const lines = [[], []]
  const shown = data.name.map(() => ""), lower = data.name.map(() => 0), aside = data.name.map(() => 0)
  for (const i of order) {
    const from = Math.max(0, Math.min(left(i), wide - size(i))), to = from + size(i) // at the edge: drawn in
    const free = lines.findIndex(taken => !taken.some(([a, b]) => from < b && to > a))
    if (free < 0) continue
    lines[free].push([from, to])
    shown[i] = data.name[i]
    lower[i] = -14 * free
    aside[i] = from - left(i)
  }
  if (shown.some((name, i) => name !== data.shown[i] || lower[i] !== data.lower[i] || aside[i] !== data.aside[i])) {
    data.shown = shown
    data.lower = lower
    data.aside = aside
    bands.change.emit()
  }
}
