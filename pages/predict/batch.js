// A grid of covers to click. One tab stop: the arrow keys go from one to the next.

export default function ({ parentElement, data, setTriggerValue }) {
  const grid = parentElement.querySelector("[role=group]")
  const told = JSON.stringify(data.tiles)
  if (grid.dataset.told === told) return
  grid.dataset.told = told
  const at = [...grid.children].indexOf(grid.getRootNode().activeElement)

  const element = (name, className, text) => {
    const made = document.createElement(name)
    made.className = className
    made.textContent = text
    return made
  }

  grid.replaceChildren(
    ...data.tiles.map((tile) => {
      const button = element("button", "tile", "")
      button.type = "button"
      button.tabIndex = -1
      button.title = [tile.name, tile.note].filter(Boolean).join(": ")
      button.disabled = !tile.genre
      const art = element("span", "art", "")
      if (tile.picture) {
        const image = document.createElement("img")
        image.src = tile.picture
        image.alt = ""
        art.append(image)
      }
      const chip = element("span", "chip", tile.genre || "…")
      chip.style.setProperty("--ink", tile.colour || "transparent")
      button.append(art, chip, element("span", "note", tile.note), element("span", "name", tile.name))
      button.onclick = () => setTriggerValue("open", tile.number)
      return button
    })
  )

  const tiles = [...grid.children]
  const reach = (index, focus) => {
    const chosen = tiles[Math.min(Math.max(index, 0), tiles.length - 1)]
    if (!chosen) return
    for (const tile of tiles) tile.tabIndex = tile === chosen ? 0 : -1
    if (focus) chosen.focus()
  }
  reach(Math.max(at, 0), at >= 0)
  grid.onkeydown = (event) => {
    const here = tiles.indexOf(grid.getRootNode().activeElement)
    const across = tiles.filter((tile) => tile.offsetTop === tiles[0].offsetTop).length
    const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: across, ArrowUp: -across }
    const to = { Home: 0, End: tiles.length - 1 }[event.key] ?? here + (steps[event.key] ?? NaN)
    if (here < 0 || Number.isNaN(to)) return
    event.preventDefault()
    reach(to, true)
  }
}
