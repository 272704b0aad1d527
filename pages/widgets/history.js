// Makes the browser's Back and Forward go through what a visitor chose, one step each.
//
// Streamlit puts the state of a widget into the address in place of the one before, which leaves no step to go back to;
// on the way to another page it first adds a step at which the address has lost its query; and what a page adds to its
// address by itself, such as what it shows at first, is a step too. All three are mended here.

const FRESH = 1000 // milliseconds; what follows so soon belongs to the same click

export default function () {
  if (window.covergenreHistory) return
  window.covergenreHistory = true
  const push = history.pushState.bind(history)
  const replace = history.replaceState.bind(history)
  let cleared = null
  let touched = false // whether the visitor has done anything since this page was opened

  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => { touched = true }, true)
  addEventListener("popstate", () => { touched = false }, true)

  history.pushState = (state, title, address) => {
    const next = new URL(address ?? location.href, location.href)
    const now = performance.now()
    if (cleared && now - cleared.at < FRESH && next.pathname !== cleared.pathname) {
      cleared = null
      touched = false
      replace(state, title, address)
      return
    }
    const stays = next.pathname === location.pathname
    if (stays && next.search !== "" && !touched) {
      replace(state, title, address)
      return
    }
    cleared = stays && location.search !== "" && next.search === "" ? { at: now, pathname: next.pathname } : null
    if (!stays) touched = false
    push(state, title, address)
  }

  history.replaceState = (state, title, address) => {
    const next = new URL(address ?? location.href, location.href)
    const chosen = navigator.userActivation?.isActive ?? true
    const changes = next.pathname === location.pathname && next.search !== location.search
    // Without a click it is a correction of an address that was wrong: going back must not lead to it again.
    if (changes && chosen) push(state, title, address)
    else replace(state, title, address)
  }
}
