// What moves on a page whose visitor asked for less motion.
(() => {
  const lasts = durations => durations.split(",").some(d => parseFloat(d) > 0.01)
  const found = new Set()
  for (const e of document.querySelectorAll("*")) {
    const style = getComputedStyle(e)
    const name = e.tagName.toLowerCase() + (typeof e.className === "string" && e.className ? "." + e.className : "")
    if (lasts(style.transitionDuration)) found.add(`${name} has a transition of ${style.transitionDuration}`)
    if (style.animationName !== "none" && lasts(style.animationDuration)) found.add(`${name} is animated for ${style.animationDuration}`)
    if (style.scrollBehavior === "smooth") found.add(`${name} scrolls smoothly`)
  }
  return [...found].slice(0, 10)
})()
