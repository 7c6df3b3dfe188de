// What pages do better with a script. Where it fails, the browser sends the form as always.

const content = document.getElementById("content");
const find = document.getElementById("find");

// load asks for a page. The browser makes a document of the answer: under Trusted Types no text
// may become elements by hand.
function load(method, address, body, done, failed = () => {}) {
  const request = new XMLHttpRequest();
  request.open(method, address);
  request.responseType = "document";
  request.onload = () => {
    const page = request.response;
    if (request.status === 200 && page?.getElementById("content")) done(page, request.responseURL);
    else failed();
  };
  request.onerror = failed;
  request.send(body);
  return request;
}

// show turns this page into another. Only what differs is touched: fields, focus and what screen
// readers listen to stay.
function show(page) {
  const focused = document.activeElement;
  const places = [];
  for (let e = focused?.parentElement; content.contains(e); e = e.parentElement) {
    places.push([e, buttons(e).indexOf(focused)]);
  }
  become(content, page.getElementById("content"));
  become(document.querySelector("footer"), page.querySelector("footer"));
  document.title = page.title;
  if (places.length === 0 || focused.isConnected) return;
  // Focus goes to the button that stands where the lost one stood.
  const left = places.filter(([e]) => e.isConnected);
  const next = left.map(([e, i]) => buttons(e)[i]).find(Boolean) ?? content;
  next.focus({ preventScroll: true });
}

const buttons = (e) => [...e.querySelectorAll("button")];

// become makes a part of this page equal to another's.
function become(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeName !== fresh.nodeName || old.nodeType !== Node.ELEMENT_NODE) {
    old.replaceWith(fresh);
    return;
  }
  // What visitors opened stays open.
  for (const { name } of [...old.attributes]) {
    if (name !== "open" && !fresh.hasAttribute(name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  const before = [...old.childNodes];
  const after = [...fresh.childNodes];
  if (before.length !== after.length) old.replaceChildren(...after);
  else before.forEach((child, i) => become(child, after[i]));
}

// The search page answers while one types or chooses.
let pause;
let searching;

function search() {
  const asked = new URLSearchParams(new FormData(find));
  for (const [name, value] of [...asked]) if (!value.trim()) asked.delete(name);
  searching = load("GET", "/search?" + asked, null, (page, address) => {
    show(page);
    history.replaceState(null, "", address);
  });
}

if (location.pathname === "/search") {
  document.addEventListener("input", ({ target }) => {
    if (target.form !== find) return;
    clearTimeout(pause);
    searching?.abort();
    pause = setTimeout(search, 150);
  });
}

// What readers do stays on the page where they do it.
let sent = 0;

// A second click, or a key held down, would meet what the first one brought.
for (const type of ["click", "keydown"]) {
  document.addEventListener(type, (event) => {
    const again = event.detail > 1 || (event.repeat && event.key === "Enter");
    if (again && event.target.closest("[data-enhance]")) event.preventDefault();
  });
}

document.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  if (!form.hasAttribute("data-enhance")) return;
  event.preventDefault();
  document.getElementById("notice").replaceChildren(); // the same words are news again
  const mine = ++sent;
  load("POST", form.action, new URLSearchParams(new FormData(form, submitter)), (page, address) => {
    if (mine !== sent) return; // a later answer knows of this too
    if (new URL(address).pathname === location.pathname) show(page);
    else location.assign(address);
  }, () => {
    form.removeAttribute("data-enhance");
    if (form.isConnected) form.requestSubmit(submitter);
    else location.reload();
  });
});
