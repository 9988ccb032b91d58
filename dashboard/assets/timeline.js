// Fits the words of a timeline to its width: fewer ticks, and only those festivals' names that have room beside
// each other (longer seasons first). args: figure, ticker, bands (a source with first, last, name and shown)
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
  const taken = []
  const shown = data.name.map(() => "")
  for (const i of order) {
    const from = left(i), to = from + size(i)
    if (to > wide + 8 || taken.some(([a, b]) => from < b && to > a)) continue
    taken.push([from, to])
    shown[i] = data.name[i]
  }
  if (shown.some((name, i) => name !== data.shown[i])) {
    data.shown = shown
    bands.change.emit()
  }
}
