// What the pages do better with a script. Each is whole without it, and where something fails
// here, the browser sends the form as always.

const content = document.getElementById("content");
const find = document.getElementById("find");

// load asks for a page. The browser itself makes a document of the answer: no text becomes
// elements by hand, which the pages may forbid (Trusted Types).
function load(method, address, body, done, failed = () => {}) {
  const request = new XMLHttpRequest();
  request.open(method, address);
  request.responseType = "document";
  request.onload = () => {
    const page = request.response;
    if (request.status === 200 && page?.getElementById("content")) {
      done(page, request.responseURL);
    } else {
      failed();
    }
  };
  request.onerror = failed;
  request.send(body);
  return request;
}

// show turns this page into another one. Only what differs is touched: fields, focus and what
// screen readers listen to stay as they are.
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
  // The focus goes to the button that now stands where the lost one stood.
  const [around, i] = places.find(([e]) => e.isConnected);
  const now = buttons(around);
  (now[Math.min(i, now.length - 1)] ?? content).focus({ preventScroll: true });
}

const buttons = (e) => [...e.querySelectorAll("button")];

// become makes a part of this page equal to a part of another.
function become(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeName !== fresh.nodeName) {
    old.replaceWith(fresh);
    return;
  }
  if (old.nodeType !== Node.ELEMENT_NODE) {
    old.nodeValue = fresh.nodeValue;
    return;
  }
  for (const { name } of [...old.attributes]) {
    const byVisitor = name === "open";
    if (!byVisitor && !fresh.hasAttribute(name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  const before = [...old.childNodes];
  const after = [...fresh.childNodes];
  if (before.length !== after.length) {
    old.replaceChildren(...after);
  } else {
    before.forEach((child, i) => become(child, after[i]));
  }
}

// The search page answers while its visitor types or chooses.
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

// What readers do with books stays on the page where they do it.
let sent = 0;

document.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  if (!form.hasAttribute("data-enhance")) return;
  event.preventDefault();
  document.getElementById("notice").replaceChildren(); // what is said again is news again
  const mine = ++sent;
  load("POST", form.action, new URLSearchParams(new FormData(form, submitter)), (page, address) => {
    if (mine !== sent) return; // a later answer knows of this too
    if (new URL(address).pathname === location.pathname) {
      show(page);
    } else {
      location.assign(address);
    }
  }, () => {
    form.removeAttribute("data-enhance");
    if (form.isConnected) {
      form.requestSubmit(submitter);
    } else {
      location.reload();
    }
  });
});
