// Choose one of several: a native select. All text is set with textContent.

export function render({ model }) {
  const id = "choice-" + Math.random().toString(36).slice(2)
  const label = document.createElement("label")
  const select = document.createElement("select")
  const root = document.createElement("div")
  label.className = "label"
  label.htmlFor = select.id = id
  root.append(label, select)

  const show = () => {
    label.textContent = model.label
    const options = model.options.map(([value, words]) => {
      const option = document.createElement("option")
      option.value = value
      option.textContent = words
      return option
    })
    select.replaceChildren(...options)
    select.value = model.value
    select.disabled = !options.length
  }
  select.addEventListener("change", () => { model.value = select.value })
  for (const name of ["label", "options"]) model.on(name, show)
  model.on("value", () => { select.value = model.value })
  show()
  return root
}
