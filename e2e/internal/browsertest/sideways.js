// What is wider than the window: the page itself, and every element that ends outside of it, unless
// the element scrolls by itself or is put aside on purpose, with nothing of it in the window.
(() => {
  const width = document.documentElement.clientWidth
  const name = e => e.tagName.toLowerCase() + (e.className && typeof e.className === "string" ? "." + e.className.trim().split(/\s+/).join(".") : "")
  const found = []
  const scrolled = document.scrollingElement.scrollWidth
  if (scrolled > document.scrollingElement.clientWidth) found.push(`the page is ${scrolled} wide in a window of ${width}`)
  const clipped = e => {
    for (let p = e.parentElement; p && p !== document.body; p = p.parentElement) {
      if (getComputedStyle(p).overflowX !== "visible") return true
    }
    return false
  }
  for (const e of document.body.querySelectorAll("*")) {
    const box = e.getBoundingClientRect()
    if (box.width === 0 || box.height === 0 || box.right <= 0) continue
    if ((box.right > width + 1 || box.left < -1) && !e.closest("svg svg, svg *") && !clipped(e)) {
      found.push(`${name(e)} is from ${Math.round(box.left)} to ${Math.round(box.right)} in a window of ${width}`)
    }
  }
  return found.slice(0, 10)
})()
