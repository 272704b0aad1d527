// The grid of covers. It is one tab stop, in which the arrow keys move. Tiles change in place, so that the focus stays.

export default function ({ parentElement, data, setTriggerValue }) {
  const grid = parentElement.querySelector("ul")
  const create = (name, className) => Object.assign(document.createElement(name), { className })

  const draw = (item, tile) => {
    const drawn = JSON.stringify(tile)
    if (item.dataset.drawn === drawn) return
    item.dataset.drawn = drawn
    item.className = tile.look
    const focused = item.contains(document.activeElement)
    const press = create(tile.href ? "a" : "button", "press")
    if (tile.href) press.href = tile.href
    if (tile.new_tab) Object.assign(press, { target: "_blank", rel: "noopener noreferrer" })
    press.setAttribute("aria-label", tile.label)
    press.disabled = tile.still
    press.onclick = (event) => {
      if (tile.new_tab || event.ctrlKey || event.metaKey || event.shiftKey) return // its own address, in another tab
      event.preventDefault()
      setTriggerValue("go", tile.key)
    }
    const content = create("div", "face")
    content.innerHTML = tile.face // escaped where it was made
    const mark = tile.mark ? create("button", "mark") : null
    if (mark) {
      mark.ariaLabel = mark.title = tile.mark
      mark.ariaPressed = String(tile.marked)
      mark.onclick = () => setTriggerValue("mark", tile.key)
    }
    item.replaceChildren(content, press, ...(mark ? [mark] : []))
    if (focused) press.focus()
  }

  while (grid.children.length > data.tiles.length) grid.lastChild.remove()
  while (grid.children.length < data.tiles.length) grid.append(create("li", ""))
  const items = [...grid.children]
  items.forEach((item, place) => draw(item, data.tiles[place]))

  const presses = items.map((item) => item.querySelector(".press"))
  const reach = (place) => {
    presses.forEach((press, other) => { press.tabIndex = other === place ? 0 : -1 })
  }
  reach(Math.max(presses.indexOf(document.activeElement), 0))
  grid.onfocusin = (event) => { if (event.target.matches(".press")) reach(presses.indexOf(event.target)) }
  grid.onkeydown = (event) => {
    const here = presses.indexOf(document.activeElement)
    const across = items.filter((item) => item.offsetTop === items[0].offsetTop).length
    const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: across, ArrowUp: -across }
    const to = { Home: 0, End: items.length - 1 }[event.key] ?? here + (steps[event.key] ?? NaN)
    if (here < 0 || Number.isNaN(to)) return
    event.preventDefault()
    presses[Math.min(Math.max(to, 0), items.length - 1)].focus()
  }
}
