// Days, lists and counts in words, as dashboard/formats.py says them; numbers are said by its JAVASCRIPT, which stands before.
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
const LONG = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]
const partsOf = number => { const date = new Date(number * 86400000); return [date.getUTCDate(), date.getUTCMonth(), date.getUTCFullYear()] }
const day = number => { const [d, m, y] = partsOf(number); return `${d} ${MONTHS[m]} ${y}` }
const month = number => { const [, m, y] = partsOf(number); return `${LONG[m]} ${y}` }
const period = (first, last) => {
  if (first === last) return day(first)
  const [d, m, y] = partsOf(first)
  return `${y === partsOf(last)[2] ? `${d} ${MONTHS[m]}` : day(first)} – ${day(last)}`
}
const listing = (names, last = "and", most = 4) =>
  names.length > most ? `${names.slice(0, most - 1).join(", ")} ${last} ${names.length - most + 1} more`
    : names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} ${last} ${names.at(-1)}`
const counted = (count, one, many) => `${plain(count)} ${count === 1 ? one : many ?? one + "s"}`
// A value with its unit; `compact` for cards and axes.
const said = (value, unit, digits, compact = false) =>
  unit === "₹" ? (compact ? rupeesCompact(value) : rupees(value, digits))
    : unit === "×" ? times(value, digits) : unit === "%" ? percent(value, digits)
    : unit === "chance" ? chance(value) : plain(value, digits)
