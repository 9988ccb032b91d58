// Gross margins: a native number for each brand, and for products behind a fold. Names are only ever text.

export function render({ model }) {
  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties)
    element.append(...children)
    return element
  }
  const own = "margin-" + Math.random().toString(36).slice(2)
  const said = make("p", { className: "said" })
  said.setAttribute("role", "status")
  const brands = make("ul"), products = make("ul")
  const fold = make("details", {}, make("summary", {}, "Products with a margin of their own"), products)

  const field = (list, at) => {
    const id = `${own}-${list}-${at}`
    const label = make("label", { htmlFor: id }), words = make("span", { className: "words" })
    const input = make("input", { id, type: "number", min: 0, max: 100, step: 0.01, inputMode: "decimal" })
    const row = make("li", {}, label, make("span", { className: "one" }, input, " %"), words)
    input.addEventListener("change", () => {
      const { name } = model[list][at]
      const fits = input.validity.valid
      if (fits) model.send_msg({ name, percent: input.value })
      said.textContent = fits ? model.said : `${name}: a percent from 0 to 100, with at most two decimals.`
      said.classList.toggle("wrong", fits ? model.wrong : true)
      input.setAttribute("aria-invalid", String(!fits))
    })
    return { row, label, input, words }
  }
  const rows = { brands: [], products: [] }
  const show = (list, place) => {
    const entries = model[list]
    while (rows[list].length < entries.length) rows[list].push(field(list, rows[list].length))
    rows[list].length = entries.length
    if (place.children.length !== entries.length) place.replaceChildren(...rows[list].map(one => one.row))
    entries.forEach(({ name, percent, usual, words }, at) => {
      const { label, input, words: beside } = rows[list][at]
      label.textContent = name
      input.setAttribute("aria-label", `Gross margin of ${name} in percent`)
      input.placeholder = usual
      input.removeAttribute("aria-invalid")
      if (input.value !== percent) input.value = percent
      beside.textContent = words
    })
  }
  const showAll = () => {
    show("brands", brands)
    show("products", products)
    fold.hidden = !model.products.length
    said.textContent = model.said
    said.classList.toggle("wrong", model.wrong)
  }
  for (const name of ["brands", "products", "said", "wrong"]) model.on(name, showAll)
  showAll()
  return make("div", {}, brands, fold, said)
}
