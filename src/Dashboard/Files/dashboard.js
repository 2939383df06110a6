// Every page works without this script. It shows times in the reader's zone, and keeps what is marked data-live up to date.
"use strict";
(() => {
  const format = options => new Intl.DateTimeFormat(document.documentElement.lang, options);
  const full = format({dateStyle: "medium", timeStyle: "short"});
  const exact = format({dateStyle: "medium", timeStyle: "medium"});
  const axes = {day: format({month: "short", day: "numeric"}), time: format({timeStyle: "short"})};
  const local = root => {
    for (const time of root.querySelectorAll("time[datetime]"))
      time.textContent = (time.hasAttribute("data-seconds") ? exact : full).format(new Date(time.dateTime));
    for (const [name, axis] of Object.entries(axes))
      for (const end of root.querySelectorAll(`text[data-${name}]`))
        end.textContent = axis.format(new Date(end.dataset[name]));
  };
  local(document);

  const state = document.getElementById("live-state");
  if (!state || !document.querySelector("[data-live]"))
    return;
  const feed = document.querySelector("[data-live=ingest]") ? "/live?ingest" : "/live";
  const pause = 3000, patience = 10000;
  let source = null, heard = Date.now(), seen = null, stale = false, busy = false, ended = false, again = 0;

  const tell = what => {
    const text = what ? state.dataset[what] : "";
    if (state.textContent !== text)
      state.textContent = text;
  };

  // Puts what is new into a part of the page. False: the reader is at something there that would be lost.
  const replace = (part, next) => {
    local(next);
    if (part.innerHTML === next.innerHTML)
      return true;
    const at = part.contains(document.activeElement) ? document.activeElement : null;
    const same = at && at.matches("a[href]") && next.querySelector(`a[href="${CSS.escape(at.getAttribute("href"))}"]`);
    if (at && !same)
      return false;
    const say = next.dataset.say;
    if (say && say !== part.dataset.say)
      document.getElementById("live-say").textContent = say;
    part.dataset.say = say ?? "";
    part.replaceChildren(...next.childNodes);
    same?.focus({preventScroll: true});
    return true;
  };

  // False: something is not as new as it could be.
  const refresh = async () => {
    const answer = await fetch(location.href, {headers: {"X-Live": "1"}});
    ended = answer.status === 401;
    if (!answer.ok)
      return false;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    let whole = true;
    for (const part of document.querySelectorAll("[data-live][id]")) {
      const next = fresh.getElementById(part.id);
      if (next)
        whole = replace(part, next) && whole;
    }
    return whole;
  };

  const update = async () => {
    clearTimeout(again);
    if (busy || document.hidden)
      return;
    busy = true;
    try {
      while (stale) {
        stale = false;
        if (!await refresh()) {
          stale = true;
          break;
        }
      }
    } catch {
      stale = true;
    } finally {
      busy = false;
    }
    if (ended) {
      close();
      tell("ended");
    } else if (stale)
      again = setTimeout(update, pause);
  };

  const close = () => {
    source?.close();
    source = null;
  };

  const connect = () => {
    if (source || ended || document.hidden)
      return;
    source = new EventSource(feed);
    source.addEventListener("alive", alive);
    source.onmessage = event => {
      alive();
      // The first one counts too: what it tells of may have happened after the page was made, or while it was hidden.
      if (event.lastEventId === seen)
        return;
      seen = event.lastEventId;
      stale = true;
      update();
    };
  };

  const alive = () => {
    heard = Date.now();
    if (!ended)
      tell(null);
  };

  // A stream that was refused is not taken up again by the browser, and one whose other end is gone without a word looks open.
  const watch = () => {
    if (ended || document.hidden || Date.now() - heard < patience)
      return;
    tell("off");
    heard = Date.now();
    close();
    connect();
    // Why: a session that has ended shows by the page itself.
    stale = true;
    update();
  };

  document.addEventListener("visibilitychange", () => {
    // A browser has few connections for all of its tabs: one that nobody looks at needs none.
    if (document.hidden) {
      close();
      return;
    }
    heard = Date.now();
    connect();
    if (stale)
      update();
  });
  document.addEventListener("focusout", () => setTimeout(() => stale && update()));
  setInterval(watch, pause);
  connect();
})();
