// Every page works without this script. It shows times in the reader's zone.
"use strict";
(() => {
  const format = new Intl.DateTimeFormat(document.documentElement.lang, {dateStyle: "medium", timeStyle: "short"});
  const local = root => {
    for (const time of root.querySelectorAll("time[datetime]"))
      time.textContent = format.format(new Date(time.dateTime));
  };
  local(document);
})();
