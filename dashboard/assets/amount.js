// A number: a native input, which arrows, wheel and keyboard move. A value outside its limits is not sent.

export function render({ model }) {
  const id = "amount-" + Math.random().toString(36).slice(2)
  const label = document.createElement("label")
  const input = document.createElement("input")
  const wrong = document.createElement("p")
  const root = document.createElement("div")
  label.className = "label"
  label.htmlFor = input.id = id
  input.type = "number"
  wrong.className = "wrong"
  wrong.setAttribute("role", "alert")
  wrong.hidden = true
  root.append(label, input, wrong)

  const given = () => input.value === "" ? null : Number(input.value)
  const show = () => {
    label.textContent = model.label
    input.min = model.lowest
    input.max = model.highest
    input.step = model.step
    input.placeholder = model.unset
    if (given() !== model.value) input.value = model.value ?? ""
  }
  input.addEventListener("input", () => {
    const isThere = input.value !== "" || (model.unset && !input.validity.badInput)
    const fits = isThere && !input.validity.rangeUnderflow && !input.validity.rangeOverflow
    wrong.hidden = fits
    wrong.textContent = fits ? "" : `Choose a number from ${model.lowest} to ${model.highest}.`
    input.setAttribute("aria-invalid", String(!fits))
    if (fits) model.value = given()
  })
  for (const name of ["label", "value", "unset", "lowest", "highest", "step"]) model.on(name, show)
  show()
  return root
}
