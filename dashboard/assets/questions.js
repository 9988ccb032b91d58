// What files leave open: a form of native radio buttons and selects. All text is set with textContent.

const FEW = 5 // more answers than this stand in a select

export function render({ model }) {
  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties)
    element.append(...children)
    return element
  }
  const own = "question-" + Math.random().toString(36).slice(2)
  const form = make("form", { className: "questions", noValidate: true })
  form.setAttribute("aria-label", "Questions about the files")
  let sent = false, kept = {}

  const radios = (question, name, chosen) => {
    const group = make("fieldset", {}, make("legend", {}, question.sentence))
    question.options.forEach((words, at) => {
      const input = make("input", { type: "radio", name, value: String(at), checked: at === chosen })
      group.append(make("label", {}, input, make("span", {}, words)))
    })
    return group
  }
  const select = (question, name, chosen) => {
    const label = make("label", { className: "sentence", htmlFor: name }, question.sentence)
    const box = make("select", { id: name, name })
    if (chosen < 0) box.append(make("option", { value: "" }, "Choose a header …"))
    question.options.forEach((words, at) => box.append(make("option", { value: String(at) }, words)))
    box.value = chosen < 0 ? "" : String(chosen)
    return make("div", { className: "one" }, label, box)
  }
  const valueOf = name => new FormData(form).get(name) || ""

  const show = () => {
    const fields = model.questions.map((question, at) => {
      const chosen = kept[question.key] ?? question.chosen
      const field = (question.options.length > FEW ? select : radios)(question, `${own}-${at}`, chosen)
      field.dataset.must = String(question.must)
      return field
    })
    const many = model.questions.length
    const head = make("h3", { tabIndex: -1 }, many === 1 ? "One question first" : `${many} questions first`)
    const wrong = make("p", { className: "wrong" })
    wrong.setAttribute("role", "alert")
    const use = make("button", { type: "submit", className: "choose" }, "Use these answers")
    const anew = make("button", { type: "button" }, "Start over")
    anew.addEventListener("click", () => { kept = {}; model.send_msg({ anew: true }) })
    form.replaceChildren(...many ? [head, ...fields, wrong, make("div", { className: "others" }, use, anew)] : [])
    if (!many) kept = {}
    if (sent && many) head.focus()
    sent = false
  }
  form.addEventListener("change", () => {
    model.questions.forEach((question, at) => {
      const value = valueOf(`${own}-${at}`)
      if (value) kept[question.key] = Number(value)
    })
  })
  form.addEventListener("submit", event => {
    event.preventDefault()
    const answers = {}
    let first = null, open = 0
    model.questions.forEach((question, at) => {
      const value = valueOf(`${own}-${at}`)
      if (value) answers[question.key] = Number(value)
      else { open += 1; first ??= form.querySelector(`[name="${own}-${at}"]`) }
    })
    if (open) {
      form.querySelector(".wrong").textContent =
        open === 1 ? "One question has no answer yet: choose one." : `${open} questions have no answer yet: choose one each.`
      first.focus()
      return
    }
    sent = true
    model.send_msg({ answers })
  })
  model.on("questions", show)
  show()
  return form
}
