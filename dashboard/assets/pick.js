// Choose any number of options: a button that says what is chosen, a search, native checkboxes.
// All text is set with textContent: an option can only ever be text.

const MOST = 200 // options rendered at once

function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(properties)) {
    if (name in element) element[name] = value
    else element.setAttribute(name, value)
  }
  element.append(...children)
  return element
}

export function render({ model }) {
  const id = "pick-" + Math.random().toString(36).slice(2)
  const label = make("span", { className: "label", id: id + "-label" })
  const summary = make("span", { id: id + "-summary" })
  const button = make("button", {
    type: "button", className: "open", "aria-expanded": "false",
    "aria-labelledby": `${id}-label ${id}-summary`, "aria-controls": id + "-box",
  }, summary)
  const search = make("input", { type: "search", placeholder: "Search", autocomplete: "off" })
  const list = make("div", { className: "list", role: "group", tabIndex: -1, "aria-labelledby": id + "-label" })
  const more = make("p", { hidden: true })
  const heard = make("span", { className: "sr", role: "status" })
  const choose = make("button", { type: "button" }, "Choose shown")
  const clear = make("button", { type: "button" }, "Clear")
  const box = make("div", { className: "list-box", id: id + "-box", hidden: true },
    search, list, more, make("div", { className: "row" }, choose, clear))
  const root = make("div", {}, label, button, box, heard)
  let shown = [], pressed = false

  const send = chosen => { model.value = model.options.filter(option => chosen.has(option)) }

  const found = () => {
    const sought = search.value.trim().toLowerCase()
    const fitting = sought ? model.options.filter(o => o.toLowerCase().includes(sought)) : model.options
    const chosen = new Set(model.value) // what is chosen comes first, so that it can be taken back
    return fitting.length <= MOST ? fitting
      : [...fitting.filter(o => chosen.has(o)), ...fitting.filter(o => !chosen.has(o))]
  }

  const row = (option, chosen) => {
    const check = make("input", { type: "checkbox", checked: chosen.has(option) })
    check.addEventListener("change", () => {
      const now = new Set(model.value)
      check.checked ? now.add(option) : now.delete(option)
      send(now)
    })
    const name = make("span")
    name.textContent = option
    return { option, check, element: make("label", {}, check, name) }
  }

  const fill = () => {
    const fitting = found(), chosen = new Set(model.value)
    shown = fitting.slice(0, MOST).map(option => row(option, chosen))
    list.replaceChildren(...shown.map(one => one.element))
    const left = fitting.length - shown.length
    more.hidden = !(left || !fitting.length)
    more.textContent = fitting.length ? `${left} more: type to find them.` : "Nothing is called that."
    heard.textContent = search.value ? `${fitting.length} found` : ""
  }

  const say = () => {
    const chosen = model.value
    label.textContent = model.label
    search.setAttribute("aria-label", "Search " + model.label)
    clear.setAttribute("aria-label", "Clear " + model.label)
    summary.textContent = !chosen.length ? model.nothing
      : chosen.length <= 2 ? chosen.join(", ") : `${chosen.length} of ${model.options.length}`
    root.classList.toggle("chosen", chosen.length > 0)
  }

  const open = wanted => {
    box.hidden = !wanted
    button.setAttribute("aria-expanded", String(wanted))
    if (!wanted) return
    search.value = ""
    search.hidden = model.options.length < 8
    fill()
    const first = search.hidden ? shown[0]?.check : search
    first?.focus()
  }

  const step = (from, down) => {
    const at = shown.findIndex(one => one.check === from) + (down ? 1 : -1)
    const next = shown[at]?.check ?? (at < 0 && !search.hidden ? search : null)
    next?.focus()
  }

  button.addEventListener("click", () => open(box.hidden))
  search.addEventListener("input", fill)
  choose.addEventListener("click", () => send(new Set([...model.value, ...shown.map(one => one.option)])))
  clear.addEventListener("click", () => send(new Set()))
  root.addEventListener("keydown", event => {
    if (event.key === "Escape" && !box.hidden) {
      event.stopPropagation()
      open(false)
      button.focus()
    }
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && box.contains(event.target)) {
      event.preventDefault()
      step(event.target, event.key === "ArrowDown")
    }
  })
  root.addEventListener("focusout", event => {
    if (!pressed && !box.hidden && event.relatedTarget && !root.contains(event.relatedTarget)) open(false)
  })
  // Closing moves what stands below: while the pointer is down elsewhere, it would lose what it is about to click.
  const press = event => { pressed = !box.hidden && !event.composedPath().includes(root) }
  const release = () => {
    if (pressed) setTimeout(() => { pressed = false; open(false) }, 100)
  }
  document.addEventListener("pointerdown", press, true)
  document.addEventListener("pointerup", release, true)
  model.on("remove", () => {
    document.removeEventListener("pointerdown", press, true)
    document.removeEventListener("pointerup", release, true)
  })
  model.on("value", () => {
    say()
    const chosen = new Set(model.value)
    for (const one of shown) one.check.checked = chosen.has(one.option)
  })
  model.on("options", () => { say(); if (!box.hidden) fill() })
  model.on("label", say)
  say()
  return root
}
