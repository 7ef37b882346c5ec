// How much of an archive has gone out; without this script the browser's own sign has to do.
document.addEventListener("htmx:xhr:progress", event => {
  const bar = event.target.querySelector("progress.upload");
  if (!bar || !event.detail.lengthComputable) return;
  bar.hidden = false;
  bar.value = 100 * event.detail.loaded / event.detail.total;
});
document.addEventListener("htmx:beforeRequest", event => {
  if (event.target.matches("form")) event.target.querySelector("button").disabled = true;
  // Somebody is filling in a form in the table: it is not replaced meanwhile.
  else if (event.target.querySelector("details[open]")) event.preventDefault();
});
document.addEventListener("htmx:sendError", event => {
  if (event.target.matches("form")) event.target.submit();
});
