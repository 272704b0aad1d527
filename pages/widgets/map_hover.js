// Shows the picture of the cover under the pointer on the map.

const WAIT = 20000 // milliseconds for the chart to appear
const GAP = 18 // px

export default function ({ parentElement, data }) {
  const picture = parentElement.querySelector("img")
  const show = ({ points, event }) => {
    const key = [points[0].customdata].flat()[0]
    if (!key) return
    picture.src = `pictures/${key}.jpg?colours=1`
    const { clientX: x, clientY: y } = event
    picture.style.left = `${x + GAP + 144 > innerWidth ? x - GAP - 144 : x + GAP}px`
    picture.style.top = `${Math.max(y - GAP - 144, 0)}px`
  }
  picture.onload = () => { picture.hidden = false }
  picture.onerror = () => { picture.hidden = true }
  const end = performance.now() + WAIT
  const look = setInterval(() => {
    const chart = document.querySelector(`.st-key-${data.chart} .js-plotly-plot`)
    if (chart?.on) {
      chart.removeAllListeners("plotly_hover")
      chart.on("plotly_hover", show)
      chart.on("plotly_unhover", () => { picture.hidden = true })
    }
    if (chart?.on || performance.now() > end) clearInterval(look)
  }, 200)
  return () => clearInterval(look)
}
