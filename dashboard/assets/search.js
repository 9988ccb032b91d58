// A search box with a label of its own; tells Python a moment after the last key.

export function render({ model }) {
  const input = document.createElement("input")
  let timer = 0
  input.type = "search"
  input.autocomplete = "off"
  input.addEventListener("input", () => {
    clearTimeout(timer)
    timer = setTimeout(() => { model.value = input.value }, 150)
  })
  const show = () => {
    input.placeholder = model.label
    input.setAttribute("aria-label", model.label)
    if (input.value !== model.value) input.value = model.value
  }
  model.on("value", show)
  model.on("label", show)
  show()
  return input
}
