// Makes the browser's Back and Forward go through what a visitor chose, one step each.
//
// Streamlit puts the state of a widget into the address in place of the one before, which leaves no step to go back to;
// and on the way to another page it first adds a step at which the address has lost its query. Both are mended here.

const FRESH = 1000 // milliseconds; what follows so soon belongs to the same click

export default function () {
  if (window.covergenreHistory) return
  window.covergenreHistory = true
  const push = history.pushState.bind(history)
  const replace = history.replaceState.bind(history)
  let cleared = null

  history.pushState = (state, title, address) => {
    const next = new URL(address ?? location.href, location.href)
    const now = performance.now()
    if (cleared && now - cleared.at < FRESH && next.pathname !== cleared.pathname) {
      cleared = null
      replace(state, title, address)
      return
    }
    const clears = next.pathname === location.pathname && location.search !== "" && next.search === ""
    cleared = clears ? { at: now, pathname: next.pathname } : null
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
