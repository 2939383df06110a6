// Every page works without this script. It shows times in the reader's zone, and keeps what is marked data-live up to date.
"use strict";
(() => {
  const format = options => new Intl.DateTimeFormat(document.documentElement.lang, options);
  const full = format({dateStyle: "medium", timeStyle: "short"});
  const axes = {day: format({month: "short", day: "numeric"}), time: format({timeStyle: "short"})};
  const local = root => {
    for (const time of root.querySelectorAll("time[datetime]"))
      time.textContent = full.format(new Date(time.dateTime));
    for (const [name, axis] of Object.entries(axes))
      for (const end of root.querySelectorAll(`text[data-${name}]`))
        end.textContent = axis.format(new Date(end.dataset[name]));
  };
  local(document);

  if (!document.querySelector("[data-live]"))
    return;
  let seen = null, stale = false, busy = false;
  const refresh = async () => {
    const answer = await fetch(location.href, {headers: {"X-Live": "1"}});
    if (!answer.ok)
      return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of document.querySelectorAll("[data-live][id]")) {
      const next = fresh.getElementById(part.id);
      // What the reader is at is left alone.
      if (!next || part.contains(document.activeElement))
        continue;
      local(next);
      if (part.innerHTML !== next.innerHTML)
        part.replaceChildren(...next.childNodes);
    }
  };
  new EventSource("/live").onmessage = async event => {
    // The first one counts too: what it tells of may have happened after the page was made.
    if (event.lastEventId === seen)
      return;
    seen = event.lastEventId;
    stale = true;
    if (busy)
      return;
    busy = true;
    try {
      while (stale) {
        stale = false;
        await refresh();
      }
    } finally {
      busy = false;
    }
  };
})();
